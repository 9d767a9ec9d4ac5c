import Dispatch
import ImportWatch
import Platform

/// Writes metrics to a file that is always whole, on a queue of its own; trouble and its end are said once.
final class MetricsFile {
    /// The file.
    let path: String
    private let queue = DispatchQueue(label: "importwatchd.metrics")
    private let reporter: Reporter
    private var problem: String?
    private var isWriting = false

    init(path: String, reporter: Reporter) {
        self.path = path
        self.reporter = reporter
    }

    /// Replaces the file's content; where a disk hangs, what comes meanwhile is left out.
    func write(_ text: String) {
        guard !isWriting else { return }
        isWriting = true
        let path = path
        queue.async { [weak self] in
            let problem = Self.replace(path, with: text)
            DispatchQueue.main.async {
                MainActor.assumeIsolated {
                    self?.isWriting = false
                    self?.note(problem)
                }
            }
        }
    }

    /// Waits until what was written last is there, without holding the loop up.
    func finish() async {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    private func note(_ problem: String?) {
        guard problem != self.problem else { return }
        self.problem = problem
        reporter.report(problem.map { .metricsUnavailable(path: path, $0) } ?? .metricsWritten(path: path))
    }

    /// Answers what went wrong, if something did.
    private nonisolated static func replace(_ path: String, with text: String) -> String? {
        do throws(SystemError) {
            try FileReplacement.published.write(Array(text.utf8), to: path)
            return nil
        } catch {
            return error.description
        }
    }
}

import Dispatch
import Glibc
import ImportWatch

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
    ///
    /// The collector, another user's program, must be able to read the file,
    /// and takes only names that end with `.prom`.
    private nonisolated static func replace(_ path: String, with text: String) -> String? {
        let new = "\(path).\(getpid()).new"
        // The folder may be shared: what lies there under the name is somebody's, a link or a pipe even.
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        let bytes = Array(text.utf8)
        let count = Glibc.write(descriptor, bytes, bytes.count)
        var code = count == bytes.count ? 0 : (count < 0 ? errno : ENOSPC)
        if code == 0, fchmod(descriptor, 0o644) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(new, path) != 0 { code = errno }
        guard code != 0 else { return nil }
        unlink(new)
        return String(cString: strerror(code))
    }
}

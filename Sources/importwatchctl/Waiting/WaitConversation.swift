import Dispatch
import Glibc
import ImportWatch
import ImportWatchDaemon
import JSON

/// What `wait` says while it waits and at its end: a line that is redrawn on a terminal, plain lines elsewhere.
@MainActor
final class WaitConversation {
    private let wait: JobWait
    private let notification: OneNotification?
    private let json: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var seen: [String: String] = [:]
    private var ends: [JobEvent] = []
    private var progress: [JobRecord] = []
    private var undelivered = 0
    private var interrupt: (any DispatchSourceSignal)?

    init(_ wait: JobWait, notification: OneNotification?, json: Bool) {
        self.wait = wait
        self.notification = notification
        self.json = json
    }

    func begin() {
        leaveTerminalClean()
        wait.onProgress = { [self] in show($0) }
        wait.onEntry = { [self] entry in
            guard entry.kind != .noJobExists else { return }
            say("importwatchctl: \(entry.message)")
        }
        wait.onEvent = { [self] event in
            ends.append(event)
            if !json {
                say(JournalEntry(telling: event).message.replacing("(source wait, ", with: "("), to: STDOUT_FILENO)
            }
        }
        wait.start { [self] end in
            Task { await finish(end) }
        }
    }

    // MARK: Progress

    private func show(_ records: [JobRecord]) {
        progress = records
        for record in records where seen[record.key.id] != words(record) {
            seen[record.key.id] = words(record)
            if !isTerminal, record.finishedAt == nil { say("job \(record.key.id): \(words(record))") }
        }
        redraw()
    }

    private func words(_ record: JobRecord) -> String {
        guard let status = record.status else { return record.notFoundSince == nil ? "not asked yet" : "not found" }
        return status.rawValue + (record.processedRecords.map { ", \($0) records processed" } ?? "")
    }

    private func redraw() {
        guard isTerminal else { return }
        let open = progress.filter { $0.finishedAt == nil }
        guard let first = open.first else { return Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
        var line = "waiting for \(open.count) of \(progress.count): \(first.key.id.prefix(36)) \(words(first))"
        if open.count > 1 { line += ", …" }
        Output.write("\r\u{1B}[K" + line.inOneLine.prefix(Terminal.width(STDERR_FILENO) - 1), to: STDERR_FILENO)
    }

    /// Prints a line above the one that is redrawn.
    private func say(_ line: String, to descriptor: Int32 = STDERR_FILENO) {
        if isTerminal { Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
        Output.line(line.inOneLine, to: descriptor)
        redraw()
    }

    private func leaveTerminalClean() {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .main)
        let isTerminal = isTerminal
        source.setEventHandler {
            if isTerminal { Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
            Glibc.exit(130)
        }
        source.activate()
        interrupt = source
    }

    // MARK: End

    private func finish(_ end: JobWait.End) async {
        if isTerminal { Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
        progress = []
        if let notification {
            for event in ends { await notify(event, notification) }
        }
        if json { Output.json(result(end)) }
        switch end {
        case .impossible(let problem):
            Failure.end(Failure(problem))
        case .timeout:
            let left = seen.count - ends.count
            Failure.end(Failure("the time was over, \(left) had not ended", exitStatus: ExitStatus.waitTimeout))
        case .allEnded:
            if undelivered > 0 { Glibc.exit(ExitStatus.failure) }
            Glibc.exit(ends.map { ExitStatus.wait($0.type) }.max(by: ExitStatus.isLessGrave) ?? 0)
        }
    }

    private func notify(_ event: JobEvent, _ notification: OneNotification) async {
        switch await notification.send(event) {
        case .delivered: break
        case .retry(let problem), .gone(let problem):
            undelivered += 1
            Output.problem("job \(event.job.id): not notified: \(problem.message)")
        }
    }

    private func result(_ end: JobWait.End) -> JSONValue {
        [
            "timed_out": .bool(end == .timeout),
            "jobs": .array(
                ends.map { event in
                    [
                        "id": .string(event.job.id), "outcome": .string(event.type.rawValue),
                        "status": event.job.status == .unanswered ? .null : .string(event.job.status.rawValue),
                        "processed": JSONValue(event.job.processedRecords),
                        "failed": JSONValue(event.job.failedRecords),
                        "message": JSONValue(event.job.failure?.message), "event_id": .string(event.id),
                    ]
                }
            ),
        ]
    }
}

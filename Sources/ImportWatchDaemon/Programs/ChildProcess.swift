import AWS
import Glibc
import ImportWatch

/// A program that was started, with a pipe from its standard output; its other streams lead nowhere.
///
/// It has a process group of its own, so that whatever it started itself ends with it, and no later than this process.
nonisolated struct ChildProcess: ~Copyable, Sendable {
    /// The program and what it started.
    let group: ProcessGroup
    private let program: String
    private let pipe: Int32
    private let guardian: ProcessGuard?
    private let clock = SystemClock()

    /// Starts a program, looked up in PATH.
    init(_ arguments: [String]) throws(ProcessError) {
        // The name in errors is the file's alone: arguments can hold secrets.
        let program = arguments.first.map { String($0.split(separator: "/").last ?? "") } ?? ""
        guard let ends = Spawning.pipe() else { throw Self.notStarted(program, errno) }
        defer { close(ends.write) }
        switch Spawning.start(arguments, input: nil, output: ends.write) {
        case .failure(let failure):
            close(ends.read)
            throw Self.notStarted(program, failure.number)
        case .success(let child):
            self.program = program
            group = ProcessGroup(pid: child)
            pipe = ends.read
            guardian = ProcessGuard(of: child)
        }
    }

    deinit {
        close(pipe)
    }

    /// Waits for the program's end and returns what it wrote; one that takes too long or writes too much is killed.
    func output(timeout: Duration, limit: Int) throws(ProcessError) -> [UInt8] {
        let deadline = clock.now().advanced(by: timeout)
        var output: [UInt8] = []
        do throws(ProcessError) {
            while let chunk = try nextChunk(deadline: deadline, timeout: timeout) {
                output += chunk
                guard output.count <= limit else { throw .tooMuchOutput(program: program, limit: limit) }
            }
            try wait(deadline: deadline, timeout: timeout)
        } catch {
            group.kill()
            while !group.isOver, group.reap() == nil { usleep(5000) }
            throw error
        }
        return output
    }

    /// Some more output; `nil` at its end.
    private func nextChunk(deadline: MonotonicInstant, timeout: Duration) throws(ProcessError) -> [UInt8]? {
        var readable = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        while true {
            let remaining = clock.now().duration(to: deadline).milliseconds
            guard remaining > 0 else { throw .timeout(program: program, limit: timeout) }
            let ready = poll(&readable, 1, Int32(clamping: remaining))
            if ready > 0 { break }
        }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(pipe, &buffer, buffer.count)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private func wait(deadline: MonotonicInstant, timeout: Duration) throws(ProcessError) {
        var end = group.reap()
        while end == nil {
            guard clock.now() < deadline else { throw .timeout(program: program, limit: timeout) }
            // A program that closed its output ends at once, as a rule.
            usleep(5000)
            end = group.reap()
        }
        let status = end ?? 0
        let signal = status & 0x7F
        guard signal == 0 else { throw .signalled(program: program, signal: signal) }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw .failed(program: program, status: code) }
    }

    private static func notStarted(_ program: String, _ number: Int32) -> ProcessError {
        .notStarted(program: program, reason: String(cString: strerror(number)))
    }
}

import Glibc
import ImportWatch

/// A program that was started, with pipes from its standard output and standard error; its input leads nowhere.
///
/// It has a process group of its own, so that whatever it started itself ends with it, and no later than this process.
public struct ChildProcess: ~Copyable, Sendable {
    /// The program and what it started.
    let group: ProcessGroup
    private let program: String
    private let pipe: Int32
    private let errors: Int32
    private let guardian: ProcessGuard?
    private let clock = SystemClock()

    /// Starts a program, looked up in PATH.
    public init(_ arguments: [String]) throws(ProcessError) {
        // The name in errors is the file's alone: arguments can hold secrets.
        let program = arguments.first.map { String($0.split(separator: "/").last ?? "") } ?? ""
        guard let ends = Spawning.pipe() else { throw Self.notStarted(program, SystemError()) }
        defer { close(ends.write) }
        guard let errorEnds = Spawning.pipe() else {
            close(ends.read)
            throw Self.notStarted(program, SystemError())
        }
        defer { close(errorEnds.write) }
        switch Spawning.start(arguments, input: nil, output: ends.write, errors: errorEnds.write) {
        case .failure(let failure):
            close(ends.read)
            close(errorEnds.read)
            throw Self.notStarted(program, failure)
        case .success(let child):
            self.program = program
            group = ProcessGroup(pid: child)
            pipe = ends.read
            errors = errorEnds.read
            _ = fcntl(errors, F_SETFL, O_NONBLOCK)
            guardian = ProcessGuard(of: child)
        }
    }

    deinit {
        close(pipe)
        close(errors)
    }

    /// Waits for the program's end and returns what it wrote; one that takes too long or writes too much is killed.
    public func output(timeout: Duration, limit: Int) throws(ProcessError) -> [UInt8] {
        let deadline = clock.now().advanced(by: timeout)
        var output: [UInt8] = []
        var said = LastLine()
        do throws(ProcessError) {
            while let chunk = try nextChunk(deadline: deadline, timeout: timeout, said: &said) {
                output += chunk
                guard output.count <= limit else { throw .tooMuchOutput(program: program, limit: limit) }
            }
            try wait(deadline: deadline, timeout: timeout, said: &said)
        } catch {
            group.kill()
            while !group.isOver, group.reap() == nil { usleep(5000) }
            throw error
        }
        return output
    }

    /// Some more output; `nil` at its end.
    private func nextChunk(
        deadline: MonotonicInstant,
        timeout: Duration,
        said: inout LastLine
    ) throws(ProcessError) -> [UInt8]? {
        var streams = [
            pollfd(fd: pipe, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        repeat {
            let remaining = clock.now().duration(to: deadline).milliseconds
            guard remaining > 0 else { throw .timeout(program: program, limit: timeout, said: said.text) }
            guard poll(&streams, nfds_t(streams.count), Int32(clamping: remaining)) > 0 else { continue }
            // At its end it is looked at no more: a negative descriptor is passed over.
            if streams[1].revents != 0, !readErrors(into: &said) { streams[1].fd = -1 }
        } while streams[0].revents == 0
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(pipe, &buffer, buffer.count)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    /// Takes what there is on standard error, without waiting; `false` at its end.
    private func readErrors(into said: inout LastLine) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(errors, &buffer, buffer.count)
        if count > 0 { said.append(buffer.prefix(count)) }
        return count > 0 || (count < 0 && errno != EBADF)
    }

    private func wait(deadline: MonotonicInstant, timeout: Duration, said: inout LastLine) throws(ProcessError) {
        var end = group.reap()
        while end == nil {
            guard clock.now() < deadline else { throw .timeout(program: program, limit: timeout, said: said.text) }
            _ = readErrors(into: &said)
            // A program that closed its output ends at once, as a rule.
            usleep(5000)
            end = group.reap()
        }
        // What is left in the pipe, which holds no more than 64 KiB.
        for _ in 0..<8 { _ = readErrors(into: &said) }
        let status = end ?? 0
        let signal = status & 0x7F
        guard signal == 0 else { throw .signalled(program: program, signal: signal, said: said.text) }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw .failed(program: program, status: code, said: said.text) }
    }

    private static func notStarted(_ program: String, _ error: SystemError) -> ProcessError {
        .notStarted(program: program, reason: error.description)
    }
}

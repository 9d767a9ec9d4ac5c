import Glibc
import ImportWatch
import Platform
import Synchronization

/// Hears the process's signals on a thread of its own, and ends a process that was told to end but doesn't in time.
///
/// It depends on nothing that can be held up: not on the main queue, and not on Dispatch, which may get no thread.
nonisolated final class SignalThread: Sendable {
    /// The longest time from a signal that stops the daemon to its end.
    private static let stopLimit = Duration.milliseconds(750)
    /// The longest time that a daemon which can't start takes to say so.
    private static let failureLimit = Duration.seconds(5)
    private static let stopping = [SIGTERM, SIGINT]
    private static let signals = stopping + [SIGHUP, SIGUSR1]
    /// Stands in the pipe where the process itself is about to end.
    private static let ending: UInt8 = 0
    /// Where a signal's handler leaves its number: all that it may do is write.
    private static let doorbell = Atomic<Int32>(-1)

    /// Each byte that can be read here is the number of a signal that came; reading doesn't block.
    var numbers: Int32 { heard.output }
    private let rung: Pipe
    private let heard: Pipe
    private let clock = SystemClock()
    private let status = Atomic<Int32>(ExitCode.stopped)

    /// Begins to hear signals; none is lost from here on.
    init() throws(ResourceShortage) {
        rung = try Pipe(readsBlock: true)
        heard = try Pipe(readsBlock: false)
        Self.unblock()
        try start()
        Self.doorbell.store(rung.input, ordering: .releasing)
        signal(SIGPIPE, SIG_IGN)
        for number in Self.signals {
            signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalThread.doorbell.load(ordering: .acquiring), &byte, 1)
                errno = code
            }
        }
    }

    /// Has the process end with `status` in a few seconds, unless it does so itself before.
    func endSoon(status: Int32) {
        self.status.store(status, ordering: .releasing)
        rung.write(Self.ending)
    }

    /// Whoever started the process may have had them blocked, which is inherited.
    private static func unblock() {
        var set = sigset_t()
        sigemptyset(&set)
        for number in signals { sigaddset(&set, number) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private func start() throws(ResourceShortage) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<SignalThread>.fromOpaque(context).takeUnretainedValue().run()
            },
            context.toOpaque()
        )
        guard code == 0 else {
            context.release()
            throw .threads(errno: code)
        }
    }

    private func run() -> Never {
        var deadline: MonotonicInstant?
        while true {
            guard let number = next(until: deadline) else { _exit(status.load(ordering: .acquiring)) }
            if number == Self.ending {
                deadline = deadline ?? clock.now().advanced(by: Self.failureLimit)
                continue
            }
            if Self.stopping.contains(Int32(number)) {
                deadline = deadline ?? clock.now().advanced(by: Self.stopLimit)
            }
            // A pipe that is full has told enough.
            heard.write(number)
        }
    }

    /// The next number in the pipe; `nil` when the deadline has come.
    private func next(until deadline: MonotonicInstant?) -> UInt8? {
        while true {
            var number: UInt8 = 0
            if let deadline {
                let left = clock.now().duration(to: deadline)
                guard left > .zero else { return nil }
                var readable = pollfd(fd: rung.output, events: Int16(POLLIN), revents: 0)
                guard poll(&readable, 1, Int32(clamping: left.milliseconds + 1)) == 1 else { continue }
            }
            if read(rung.output, &number, 1) == 1 { return number }
        }
    }
}

/// A pipe that can always be written to without blocking; it stays open for as long as the process lives.
private nonisolated struct Pipe: Sendable {
    let output: Int32
    let input: Int32

    init(readsBlock: Bool) throws(ResourceShortage) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .descriptors(errno: errno) }
        (output, input) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for end in readsBlock ? [input] : ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    func write(_ byte: UInt8) {
        var byte = byte
        _ = Glibc.write(input, &byte, 1)
    }
}

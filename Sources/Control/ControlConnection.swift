import Dispatch
import Glibc

/// One client at the control socket: takes NUL-terminated messages, answers them in order, one a turn of the loop.
///
/// While a message waits to be answered, or an answer to be taken, nothing more is read: a client that asks faster than
/// it is answered, or reads nothing, waits at its own end.
@MainActor
final class ControlConnection {
    /// The longest message taken, in bytes.
    static let messageLimit = 65_536
    /// The longest answer, in bytes.
    nonisolated static let outputLimit = 16 << 20
    /// How much is read at a time, in bytes.
    private static let chunkSize = 16_384

    /// Called when something came or was taken, or the connection ended.
    var onActivity: (ControlConnection) -> Void = { _ in }
    private(set) var isClosed = false
    /// What the client may do.
    let access: ControlAccess

    private let descriptor: Int32
    private let calls: ControlCalls
    private var watch: SocketWatch?
    private var isAnswering = false
    private var isTurnScheduled = false
    private var input: [UInt8] = []
    /// The end of the first message, where all of it is there.
    private var messageEnd: Int?
    private var output: ArraySlice<UInt8> = []
    /// Whether what is to be sent is the last.
    private var isEnding = false

    init(descriptor: Int32, calls: ControlCalls, access: ControlAccess) {
        self.access = access
        self.descriptor = descriptor
        self.calls = calls
        watch = SocketWatch(
            descriptor: descriptor,
            onReadable: { [weak self] in self?.takeWhatCame() },
            onWritable: { [weak self] in self?.flush() }
        )
        update()
    }

    isolated deinit {
        close()
    }

    /// Whether a message waits to be answered, or an answer to be taken.
    var isBusy: Bool { isAnswering || messageEnd != nil || !output.isEmpty }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        watch?.close()
    }

    /// Reads what has come, unless there is something to be answered first.
    func takeWhatCame() {
        guard !isBusy, !isClosed else { return }
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0, input.count + count <= Self.messageLimit else { return end() }
        let begin = input.count
        input.append(contentsOf: chunk.prefix(count))
        messageEnd = input[begin...].firstIndex(of: 0)
        onActivity(self)
        goOn()
    }

    /// Has what is to be done next done in a turn of its own.
    private func goOn() {
        update()
        guard messageEnd != nil, !isAnswering, output.isEmpty, !isTurnScheduled, !isClosed else { return }
        isTurnScheduled = true
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                self?.isTurnScheduled = false
                self?.answerNext()
            }
        }
    }

    private func update() {
        watch?.wait(toRead: !isBusy, toWrite: !output.isEmpty)
    }

    private func answerNext() {
        guard let end = messageEnd, !isAnswering, output.isEmpty, !isClosed else { return }
        let message = Array(input[..<end])
        input.removeFirst(end + 1)
        messageEnd = input.firstIndex(of: 0)
        guard let call = ControlCall(message) else { return self.end() }
        guard access.allows(call.method) else {
            isEnding = true
            return send(ControlCalls.message(.permissionDenied))
        }
        isAnswering = true
        calls.answer(call) { [weak self] answer in
            guard let self else { return }
            isAnswering = false
            if !call.isOneway { send(answer) }
            goOn()
        }
    }

    private func send(_ answer: [UInt8]) {
        guard !isClosed else { return }
        output = (answer.count <= Self.outputLimit ? answer : ControlCalls.message(.tooLong))[...]
        flush()
    }

    private func flush() {
        while !output.isEmpty, !isClosed {
            let count = output.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return end() }
            output = output.dropFirst(count)
            onActivity(self)
        }
        if output.isEmpty { output = [] }
        if output.isEmpty, isEnding { return end() }
        goOn()
    }

    private func end() {
        close()
        onActivity(self)
    }
}

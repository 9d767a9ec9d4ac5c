import Dispatch
import Glibc
import JSON

/// One client at the control socket: takes NUL-terminated messages, answers them in order.
@MainActor
final class ControlConnection {
    /// The longest message taken, in bytes.
    static let messageLimit = 65_536
    /// The most bytes that wait for a client that doesn't read.
    nonisolated static let outputLimit = 16 << 20
    /// Called when something came or the connection ended.
    var onActivity: (ControlConnection) -> Void = { _ in }
    private(set) var isClosed = false

    private let descriptor: Int32
    private let calls: ControlCalls
    private let readable: any DispatchSourceRead
    private let writable: any DispatchSourceWrite
    private var isWriting = false
    private var isAnswering = false
    private var input: [UInt8] = []
    private var output: [UInt8] = []

    init(descriptor: Int32, calls: ControlCalls) {
        self.descriptor = descriptor
        self.calls = calls
        readable = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
        // Each source has its own descriptor, so that either can be let go of without the other.
        let second = dup(descriptor)
        writable = DispatchSource.makeWriteSource(fileDescriptor: second, queue: .main)
        readable.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.read() } }
        readable.setCancelHandler { Glibc.close(descriptor) }
        writable.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.flush() } }
        writable.setCancelHandler { Glibc.close(second) }
        readable.activate()
    }

    isolated deinit {
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        readable.cancel()
        // A source that was never resumed must be before it is let go of.
        if !isWriting { writable.resume() }
        writable.cancel()
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0, input.count + count <= Self.messageLimit else { return end() }
        input.append(contentsOf: chunk.prefix(count))
        onActivity(self)
        answerNext()
    }

    /// Answers the messages that are there, one after the other.
    private func answerNext() {
        while !isAnswering, !isClosed, let end = input.firstIndex(of: 0) {
            let message = Array(input[..<end])
            input.removeFirst(end + 1)
            guard let call = ControlCall(message) else { return self.end() }
            isAnswering = true
            calls.answer(call) { [weak self] answer in
                guard let self else { return }
                isAnswering = false
                if !call.isOneway { send(answer) }
                DispatchQueue.main.async { [weak self] in MainActor.assumeIsolated { self?.answerNext() } }
            }
        }
    }

    private func send(_ answer: JSONValue) {
        guard !isClosed else { return }
        output.append(contentsOf: answer.encoded())
        output.append(0)
        guard output.count <= Self.outputLimit else { return end() }
        flush()
    }

    private func flush() {
        while !output.isEmpty, !isClosed {
            let count = Glibc.send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return end() }
            output.removeFirst(count)
        }
        guard !isClosed, isWriting == output.isEmpty else { return }
        isWriting = !output.isEmpty
        if isWriting { writable.resume() } else { writable.suspend() }
    }

    private func end() {
        close()
        onActivity(self)
    }
}

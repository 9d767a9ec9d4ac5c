import Dispatch
import Glibc

/// Says when a socket can be read from or written to; closes it when it is let go of.
@MainActor
final class SocketWatch {
    private let readable: any DispatchSourceRead
    private let writable: any DispatchSourceWrite
    private var isReading = false
    private var isWriting = false
    private var isClosed = false
    private var sources = 2

    /// Watches a descriptor, and owns it from here on; at first it waits for nothing.
    init(descriptor: Int32, onReadable: @escaping @MainActor () -> Void, onWritable: @escaping @MainActor () -> Void) {
        readable = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
        writable = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: .main)
        readable.setEventHandler { MainActor.assumeIsolated(onReadable) }
        writable.setEventHandler { MainActor.assumeIsolated(onWritable) }
        // The descriptor is closed when both have let go of it.
        let letGo = { MainActor.assumeIsolated { self.letGo(of: descriptor) } }
        readable.setCancelHandler(handler: letGo)
        writable.setCancelHandler(handler: letGo)
    }

    /// Sets what is waited for.
    func wait(toRead reads: Bool, toWrite writes: Bool) {
        guard !isClosed else { return }
        if reads != isReading { reads ? readable.resume() : readable.suspend() }
        if writes != isWriting { writes ? writable.resume() : writable.suspend() }
        (isReading, isWriting) = (reads, writes)
    }

    /// Waits for nothing any more, and closes the socket.
    func close() {
        guard !isClosed else { return }
        // A source that is suspended must be resumed before it is let go of.
        wait(toRead: true, toWrite: true)
        isClosed = true
        readable.cancel()
        writable.cancel()
    }

    private func letGo(of descriptor: Int32) {
        sources -= 1
        if sources == 0 { Glibc.close(descriptor) }
    }
}

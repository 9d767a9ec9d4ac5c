import Dispatch
import Glibc

/// Turns the signals that a ``SignalThread`` hears into calls on the main queue.
final class SignalHandlers {
    private let thread: SignalThread
    private let source: any DispatchSourceRead
    private let handlers: [Int32: () -> Void]

    /// Calls a signal's handler for each time it came, also for those that came before.
    init(_ thread: SignalThread, _ handlers: [Int32: () -> Void]) {
        self.thread = thread
        self.handlers = handlers
        source = DispatchSource.makeReadSource(fileDescriptor: thread.numbers, queue: .main)
        source.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.take() } }
        source.activate()
    }

    private func take() {
        var numbers = [UInt8](repeating: 0, count: 64)
        let count = read(thread.numbers, &numbers, numbers.count)
        for number in numbers.prefix(max(0, count)) { handlers[Int32(number)]?() }
    }
}

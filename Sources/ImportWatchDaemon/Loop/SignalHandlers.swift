import Dispatch
import Glibc

/// Turns signals into calls on the main queue.
final class SignalHandlers {
    private var sources: [any DispatchSourceSignal] = []
    private var unregistered = 0

    /// Installs the handlers and calls `whenReady` once all of them are in force: a signal before that would be lost.
    init(_ handlers: [Int32: () -> Void], whenReady: @escaping () -> Void) {
        signal(SIGPIPE, SIG_IGN)
        unregistered = handlers.count
        for (number, handler) in handlers {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .main)
            source.setEventHandler { MainActor.assumeIsolated(handler) }
            source.setRegistrationHandler { [weak self] in
                MainActor.assumeIsolated {
                    guard let self else { return }
                    self.unregistered -= 1
                    if self.unregistered == 0 { whenReady() }
                }
            }
            source.activate()
            sources.append(source)
        }
    }
}

import Dispatch
import Systemd

/// Asks the service manager for more time while a start takes long: a big state, a slow disk.
final class StartPatience {
    private let timer: any DispatchSourceTimer

    /// Begins to ask, first when the start has taken 10 s.
    init(service: ServiceManager) {
        timer = DispatchSource.makeTimerSource(queue: .main)
        timer.schedule(deadline: .now() + .seconds(10), repeating: .seconds(5))
        timer.setEventHandler {
            MainActor.assumeIsolated {
                service.extendTimeout(.seconds(30))
                service.status("starting: the state is being read")
            }
        }
        timer.activate()
    }

    /// Ends the asking: the start is over.
    func end() {
        timer.cancel()
    }
}

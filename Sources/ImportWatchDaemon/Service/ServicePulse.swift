import Dispatch
import ImportWatch
import Systemd

/// Feeds the service manager's watchdog: a third of its period asks for a turn of the loop, and only the turn feeds.
final class ServicePulse {
    private let service: ServiceManager
    private var timer: (any DispatchSourceTimer)?
    private var isHungry = false

    /// Begins to ask for turns, where the manager watches.
    init(service: ServiceManager, askForTurn: @escaping () -> Void) {
        self.service = service
        guard let timeout = service.watchdogTimeout else { return }
        let timer = DispatchSource.makeTimerSource(queue: .main)
        let interval = DispatchTimeInterval.nanoseconds(Int(timeout.nanoseconds / 3))
        timer.schedule(deadline: .now(), repeating: interval, leeway: .milliseconds(100))
        timer.setEventHandler { [weak self] in
            MainActor.assumeIsolated {
                self?.isHungry = true
                askForTurn()
            }
        }
        timer.activate()
        self.timer = timer
    }

    /// Notes that a turn of the loop was done.
    func turned() {
        guard isHungry else { return }
        isHungry = false
        service.watchdog()
    }
}

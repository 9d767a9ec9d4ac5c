import Dispatch
import ImportWatch
import Platform

/// One Dispatch timer for the earliest of all deadlines.
///
/// A Dispatch timer stands still while the machine sleeps, but deadlines don't: it fires at least once a minute, so that
/// a deadline that passed meanwhile is noticed within that time.
package final class DeadlineTimer {
    private static let longestWait = Duration.seconds(60)

    private let clock: SystemClock
    private let timer: any DispatchSourceTimer
    private let onFire: () -> Void
    private var armed: MonotonicInstant?
    private var isFiringSoon = false

    package init(clock: SystemClock, onFire: @escaping () -> Void) {
        self.clock = clock
        self.onFire = onFire
        timer = DispatchSource.makeTimerSource(queue: .main)
        timer.setEventHandler { [weak self] in
            MainActor.assumeIsolated {
                self?.armed = nil
                onFire()
            }
        }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    /// Fires at `deadline`, or at the latest in a minute; `nil` means that nothing is to be done at any time.
    package func set(_ deadline: MonotonicInstant?) {
        guard let deadline else {
            if armed != nil { timer.schedule(deadline: .distantFuture) }
            armed = nil
            return
        }
        guard deadline != armed else { return }
        armed = deadline
        let wait = min(max(.zero, clock.now().duration(to: deadline)), Self.longestWait)
        timer.schedule(deadline: .now() + .nanoseconds(Int(wait.nanoseconds)), leeway: .milliseconds(1))
    }

    /// Fires once after the callbacks that are under way, however many of them ask for it.
    func fireSoon() {
        guard !isFiringSoon else { return }
        isFiringSoon = true
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                self?.isFiringSoon = false
                self?.onFire()
            }
        }
    }

    package func cancel() {
        timer.cancel()
    }
}

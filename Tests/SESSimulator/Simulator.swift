import Foundation
import Synchronization

/// The simulated service and receiver with all that happens to them.
final class Simulator: Sendable {
    private let world: Mutex<World>
    private let isQuiet: Bool

    init(scenario: Scenario, seed: UInt64, isQuiet: Bool) throws {
        world = Mutex(try World(scenario: scenario, seed: seed, start: Date().timeIntervalSince1970))
        self.isQuiet = isQuiet
    }

    /// Answers a request to the service, or to `/simulator/…`.
    func answer(_ request: ReceivedRequest) -> ServerAnswer {
        let now = Date().timeIntervalSince1970
        return world.withLock { world in
            request.path.hasPrefix("/simulator/")
                ? SimulatorControl.answer(request, world: &world, now: now)
                : SESService.answer(request, world: &world, now: now)
        }
    }

    /// Answers a notification to `/hook/NAME` and prints it.
    func receive(_ request: ReceivedRequest) -> ServerAnswer {
        let now = Date().timeIntervalSince1970
        let (answer, line) = world.withLock { WebhookReceiver.receive(request, world: &$0, now: now) }
        if let line, !isQuiet { Output.write(line) }
        return answer
    }
}

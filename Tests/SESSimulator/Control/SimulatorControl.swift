import Foundation
import JSON

/// Looks into the simulator and changes it while it runs, at `/simulator/…` from this machine only.
enum SimulatorControl {
    static func answer(_ request: ReceivedRequest, world: inout World, now: Double) -> ServerAnswer {
        guard request.isLocal else { return .plain(403, "only from this machine") }
        switch (request.method, request.path) {
        case ("GET", "/simulator/statistics"):
            return json(world.statistics.json(at: now - world.start))
        case ("DELETE", "/simulator/statistics"):
            world.statistics = Statistics()
            return json(.object([]))
        case ("POST", "/simulator/scenario"):
            do {
                try world.change(Scenario(json: Data(request.body)), now: now)
                return json(["jobs": .integer(Int64(world.jobs.count))])
            } catch {
                return .plain(400, "\(error)")
            }
        default:
            return .plain(404, "GET or DELETE /simulator/statistics, POST /simulator/scenario")
        }
    }

    private static func json(_ value: JSONValue) -> ServerAnswer {
        ServerAnswer(status: 200, headers: [("Content-Type", "application/json")], body: value.encoded())
    }
}

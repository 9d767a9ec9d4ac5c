import ArgumentParser
import Foundation
import NIOPosix

/// A stand-in for SES and for webhook receivers, for the demo, tests and benchmarks.
@main
struct SESSimulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ses-simulator",
        abstract: "Plays SES import jobs and receives webhooks.",
        discussion: """
            Prints one line a server when it listens:
              ses http://127.0.0.1:PORT
              webhooks http://127.0.0.1:PORT
            and one line a notification that arrives. GET /simulator/statistics at
            the first address counts requests and lists notifications; POST
            /simulator/scenario adds jobs and replaces throttle, outages and faults.

            A scenario is a JSON object; every member is optional:
              "keys":     [{"id": "AKID…", "secret": "…", "token": null}]
              "throttle": {"rate": 5, "burst": 5, "retry_after_ms": null}
              "outages":  [{"from": 0, "to": 3}]
              "faults":   [{"kind": "reset", "job": null, "probability": 0.1,
                            "times": null, "from": 0, "to": null}]
                          kinds: reset hang slow truncated garbage error500
                          error503 html oversized close expired
              "jobs":     [{"id": "a", "count": 1, "timeline": [
                            {"status": "CREATED", "seconds": 1},
                            {"status": "PROCESSING", "seconds": 2},
                            {"status": "COMPLETED"}], "records": 1000, "failed": 0,
                            "message": null, "visible_from": 0, "vanishes_at": null}]
              "webhooks": [{"name": "ops", "secret": "whsec_…", "fail_first": 0,
                            "status": 500, "probability": 0, "retry_after": null}]
            Times are seconds since the start. Webhooks are reached at /hook/NAME.
            """
    )

    @Option(help: "The address to listen at; port 0 takes a free one.") var listen = "127.0.0.1:0"
    @Option(help: "The address of the webhook receiver.") var webhooks = "127.0.0.1:0"
    @Option(help: "The scenario, a JSON file.") var scenario: String?
    @Option(help: "Seeds the randomness of faults.") var seed: UInt64 = 1
    @Flag(help: "End when standard input ends.") var exitWithStdin = false

    func run() throws {
        var loaded = Scenario()
        if let scenario {
            do {
                loaded = try Scenario(json: Data(contentsOf: URL(fileURLWithPath: scenario)))
            } catch {
                throw ValidationError("\(scenario): \(error)")
            }
        }
        let simulator = Simulator(scenario: loaded, seed: seed)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ses = try HTTPServer(group: group, address: listen) { simulator.answer($0) }
        let receiver = try HTTPServer(group: group, address: webhooks) { simulator.receive($0) }
        say("ses http://\(ses.address)")
        say("webhooks http://\(receiver.address)")
        if exitWithStdin {
            while readLine() != nil {}
            return
        }
        try ses.channel.closeFuture.wait()
    }
}

/// Prints a line at once, without the buffers and locks of stdio.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

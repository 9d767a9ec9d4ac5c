import ArgumentParser
import Foundation
import NIOPosix

/// A stand-in for SES and for webhook receivers, for the demo, tests and benchmarks.
@main
struct SESSimulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ses-simulator",
        abstract: "Plays SES import jobs and receives webhooks.",
        discussion: ScenarioHelp.text
    )

    @Option(help: "The address of the service, host:port; port 0 takes a free one.")
    var listen = "127.0.0.1:0"
    @Option(help: "The address of the webhook receiver.")
    var webhooks = "127.0.0.1:0"
    @Option(help: "The scenario, a JSON file. Without: 10 jobs job-0 to job-9 that complete in 3 s.")
    var scenario: String?
    @Option(help: "A file to write when both listen: {\"ses\": URL, \"webhooks\": URL, \"pid\": PID}.")
    var readyFile: String?
    @Option(help: "Seeds the randomness of faults.")
    var seed: UInt64 = 1
    @Flag(help: "End when standard input ends.")
    var exitWithStdin = false
    @Flag(help: "Print no line for each notification.")
    var quiet = false

    func run() throws {
        endOnSignals()
        let simulator = try load()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ses: HTTPServer
        let receiver: HTTPServer
        do {
            ses = try HTTPServer(group: group, address: listen) { simulator.answer($0) }
            receiver = try HTTPServer(group: group, address: webhooks) { simulator.receive($0) }
        } catch let error as HTTPServer.AddressError {
            throw ValidationError(error.description)
        }
        if let readyFile {
            let ready: [String: String] = ["ses": ses.url, "webhooks": receiver.url, "pid": String(getpid())]
            try JSONEncoder().encode(ready).write(to: URL(fileURLWithPath: readyFile), options: .atomic)
        }
        Output.write("ses \(ses.url)\nwebhooks \(receiver.url)\nlistening on \(ses.url)")
        if exitWithStdin {
            while FileHandle.standardInput.availableData.isEmpty == false {}
            return
        }
        try ses.channel.closeFuture.wait()
    }

    private func endOnSignals() {
        // Nothing is to be saved, so the handler may leave at once.
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
        // A parent may have blocked them, as the threads of Dispatch do.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private func load() throws -> Simulator {
        let name = scenario ?? "the standard scenario"
        do {
            let json =
                try scenario.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
                ?? Data(#"{"jobs": [{"id": "job-{n}", "count": 10}]}"#.utf8)
            return try Simulator(scenario: Scenario(json: json), seed: seed, isQuiet: quiet)
        } catch {
            throw ValidationError("\(name): \(error)")
        }
    }
}

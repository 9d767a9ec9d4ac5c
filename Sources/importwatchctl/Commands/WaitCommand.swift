import ArgumentParser
import Dispatch
import Glibc
import ImportWatch
import ImportWatchDaemon
import JSON
import Platform
import WatchConfiguration
import Webhook

/// Waits for jobs without a daemon.
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until import jobs have ended; needs no daemon.",
        usage: "importwatchctl wait [--timeout DURATION] [OPTION]... JOB_ID...",
        discussion: """
            Exit: 0 all completed, 10 completed with failed records, 11 failed,
            12 cancelled, 13 not known to SES, 75 the time was over; of several
            jobs the gravest. 1 anything else, 130 interrupted.

            Examples:
              importwatchctl wait 6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b
              importwatchctl wait --region eu-west-1 --timeout 2h JOB_ID JOB_ID
              importwatchctl wait --webhook ops --json JOB_ID
            """
    )

    @Argument(help: ArgumentHelp("The jobs' IDs.", valueName: "JOB_ID")) var jobIDs: [String]
    @Option(help: ArgumentHelp("The longest wait: 500ms, 90s, 5m or 2h.", valueName: "DURATION"))
    var timeout: Duration?
    @Option(help: ArgumentHelp("The AWS Region, instead of the environment's.", valueName: "REGION")) var region:
        String?
    @Option(help: ArgumentHelp("The profile whose credentials are used.", valueName: "NAME")) var profile: String?
    @Option(help: ArgumentHelp("The service's address.", valueName: "URL")) var endpointURL: String?
    @Option(help: ArgumentHelp("Requests a second.", valueName: "RATE")) var rate = 1.0
    @Option(help: ArgumentHelp("The shortest time between polls of a job.", valueName: "DURATION"))
    var minDelay = Duration.seconds(5)
    @Option(help: ArgumentHelp("The longest time between polls of a job.", valueName: "DURATION"))
    var maxDelay = Duration.seconds(30)
    @Option(help: ArgumentHelp("How long a job may be unknown to SES.", valueName: "DURATION"))
    var notFoundGrace = Duration.seconds(60)
    @Option(
        help: ArgumentHelp("Notify this webhook of the configuration.", valueName: "NAME"),
        completion: .webhookName
    )
    var webhook: String?
    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Print one JSON object at the end.") var json = false

    func validate() throws {
        for id in jobIDs {
            if let problem = JobID.problem(with: id) { throw ValidationError("\(problem)") }
        }
        guard rate > 0, rate <= 1000 else { throw ValidationError("--rate lies above 0 and at most at 1000") }
        guard minDelay >= .milliseconds(10), maxDelay >= minDelay else {
            throw ValidationError("--min-delay is at least 10ms, and --max-delay at least --min-delay")
        }
    }

    func run() throws {
        var receiver: WebhookSettings?
        if let webhook { receiver = try config.webhook(webhook) }
        let (json, receiverOfAll, request) = (json, receiver, request)
        Task { @MainActor in
            do {
                let wait = try JobWait(request, variables: ProcessEnvironment.variables())
                let notification = try receiverOfAll.map { try OneNotification($0) }
                WaitConversation(wait, notification: notification, json: json).begin()
            } catch {
                Failure.end(error)
            }
        }
        dispatchMain()
    }

    private var request: JobWait.Request {
        var seen: Set<String> = []
        return JobWait.Request(
            jobs: jobIDs.filter { seen.insert($0).inserted },
            region: region,
            profile: profile,
            endpointURL: endpointURL,
            timeout: timeout,
            polling: PollingSettings(
                requestsPerSecond: rate,
                minDelay: minDelay,
                maxDelay: maxDelay,
                notFoundGrace: notFoundGrace,
                deadline: .zero
            )
        )
    }
}

extension Duration: @retroactive ExpressibleByArgument {
    /// Reads `500ms`, `90s`, `5m` or `2h`.
    public init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self = duration
    }

    /// Shown as the default of an option.
    public var defaultValueDescription: String { DurationText.render(self) }
}

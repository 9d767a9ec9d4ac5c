import ArgumentParser
import Dispatch
import Glibc
import ImportWatch
import ImportWatchDaemon
import WatchConfiguration
import Webhook

/// Sends a sample to a webhook and shows the exchange.
struct TestWebhookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-webhook",
        abstract: "Sends a sample event to a webhook and shows the exchange.",
        discussion: """
            The sample is about the job "sample-job" in the Region "sample-1", and has a new
            event ID each time. Secrets are not shown. Exit: 0 taken, 1 not taken, 6 there is
            no such webhook.

            Example:
              importwatchctl test-webhook ops
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Argument(help: ArgumentHelp("The webhook's name.", valueName: "NAME"), completion: .webhookName) var name: String

    func run() throws {
        let webhook = try config.webhook(name)
        Task { @MainActor in
            do {
                let notification = try OneNotification(webhook)
                let exchange = await notification.exchange(notification.sample())
                for line in exchange.request { Output.line("> " + line.inOneLine) }
                let took = "after \(exchange.took.milliseconds) ms"
                switch exchange.outcome {
                case .delivered(let status):
                    Output.line("< HTTP \(status ?? 0) \(took): the receiver took it")
                    Glibc.exit(0)
                case .retry(let problem), .gone(let problem):
                    Output.line("< \(problem.message) \(took)")
                    Glibc.exit(ExitStatus.failure)
                }
            } catch {
                Failure.end(error)
            }
        }
        dispatchMain()
    }
}

extension ConfigurationOption {
    /// The configured webhook of this name, or why there is none, with the names there are.
    func webhook(_ name: String) throws -> WebhookSettings {
        let webhooks = try load().configuration.webhooks
        if let webhook = webhooks.first(where: { $0.name == name }) { return webhook }
        let names = webhooks.isEmpty ? "there is none" : "there are \(webhooks.map(\.name).joined(separator: ", "))"
        throw Failure(
            "\(path): no [[webhook]] is called \(name.inOneLine); \(names)",
            exitStatus: ExitStatus.badConfiguration
        )
    }
}

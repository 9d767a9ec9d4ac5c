import ImportWatch
import Webhook

/// The notifiers of the targets in force.
final class Targets {
    private let journal: JournalNotifier
    private let transport: any HTTPTransport
    private let environment: DaemonEnvironment
    private let reporter: Reporter
    private var webhooks: [String: WebhookNotifier] = [:]

    init(
        journal: any Journal,
        transport: any HTTPTransport,
        environment: DaemonEnvironment,
        reporter: Reporter
    ) {
        self.journal = JournalNotifier(journal: journal)
        self.transport = transport
        self.environment = environment
        self.reporter = reporter
    }

    /// Puts webhooks in force, besides the journal; answers what each target is to have.
    func apply(_ hooks: [WebhookSettings]) -> [DeliveryTarget: TargetSettings] {
        var settings: [DeliveryTarget: TargetSettings] = [.journal: .journal]
        var notifiers: [String: WebhookNotifier] = [:]
        let clock = environment.clock
        for hook in hooks {
            let notifier =
                webhooks[hook.name]
                ?? WebhookNotifier(settings: hook, transport: transport, now: { clock.wall() })
            notifier.settings = hook
            notifier.willAttempt = keyRefresh(of: hook, notifier)
            notifiers[hook.name] = notifier
            settings[.webhook(hook.name)] = TargetSettings(
                events: hook.events,
                keepsFailedRecordsURL: hook.includesFailedRecordsURL,
                concurrency: hook.concurrency,
                retries: .webhook(maxAge: hook.maxAge)
            )
        }
        webhooks = notifiers
        return settings
    }

    /// Makes an attempt, and calls `completion` once in a later turn of the loop.
    func send(_ delivery: Delivery, completion: @escaping @MainActor (NotificationOutcome) -> Void) {
        let notifier: (any Notifier)? =
            switch delivery.target {
            case .journal: journal
            case .webhook(let name): webhooks[name]
            }
        notifier?.deliver(delivery, completion: completion)
    }

    /// What gives a webhook the keys of a secret file that changed.
    private func keyRefresh(of hook: WebhookSettings, _ notifier: WebhookNotifier) -> () -> Void {
        guard let path = hook.secretFile else { return {} }
        let secrets = WebhookSecrets(path: path, files: environment.files)
        return { [weak notifier, reporter] in
            switch secrets.changedKeys() {
            case .success(let keys): notifier?.settings.keys = keys
            case .failure(let error): reporter.report(.secretsUnusable(webhook: hook.name, error.problems))
            case nil: break
            }
        }
    }
}

import AWS
import ImportWatch
import SESv2

/// Performs what a source's ``JobPoller`` decides: resolves credentials, sends polls, hands results back.
final class SourceRunner {
    /// Everything about a source that a reload can change without a new poller.
    struct Settings: Equatable {
        var endpoint: ServiceEndpoint
        var profile: String?
        var polling: PollingSettings
        var requestTimeout: Duration
        var connectTimeout: Duration
    }

    /// Called with what a result or a change brings about.
    var onActions: ([JobPoller.Action]) -> Void = { _ in }

    private(set) var poller: JobPoller
    private(set) var provider = "none yet"
    private var settings: Settings
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private var random = SystemRandom()
    private var credentials: any CredentialProvider
    private var signer: SigV4Signer?
    private var waitingForCredentials: [PollTicket] = []
    private var exchanges: [PollTicket: HTTPExchangeID] = [:]
    private var isStopped = false

    init(
        name: String,
        region: String,
        settings: Settings,
        environment: DaemonEnvironment,
        transport: any HTTPTransport
    ) {
        self.settings = settings
        self.environment = environment
        self.transport = transport
        credentials = environment.credentials(profile: settings.profile)
        poller = JobPoller(
            source: name,
            region: region,
            settings: settings.polling,
            now: environment.clock.now()
        )
    }

    // MARK: Configuration

    func configure(_ settings: Settings) {
        if settings.profile != self.settings.profile {
            credentials = environment.credentials(profile: settings.profile)
        }
        // A reload is also how people have changed credentials taken up.
        signer = nil
        self.settings = settings
        poller.setSettings(settings.polling, now: environment.clock.now())
    }

    func setJobs(_ ids: [String], records: [JobKey: JobRecord]) {
        let region = poller.region
        let actions = poller.setJobs(
            ids,
            records: { records[JobKey(region: region, id: $0)] },
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            using: &random
        )
        onActions(actions)
    }

    func takeUnsavedRecords() -> [JobRecord] {
        poller.takeUnsavedRecords()
    }

    // MARK: Polling

    /// Sends the polls that are due.
    func turn() {
        for ticket in poller.duePolls(now: environment.clock.now()) { send(ticket) }
    }

    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        poller.nextPoll(now: now)
    }

    func resumed() {
        poller.resumed(now: environment.clock.now())
    }

    /// Gives up every poll under way; their results would be ignored anyway.
    func stop() {
        isStopped = true
        for exchange in exchanges.values { transport.cancel(exchange) }
        exchanges = [:]
    }

    private func send(_ ticket: PollTicket) {
        guard signer != nil else {
            waitingForCredentials.append(ticket)
            if waitingForCredentials.count == 1 { resolveCredentials() }
            return
        }
        sendSigned(ticket)
    }

    private func sendSigned(_ ticket: PollTicket) {
        guard var signer else { return send(ticket) }
        let request = GetImportJob.request(
            jobID: ticket.jobID,
            endpoint: settings.endpoint,
            signer: &signer,
            at: environment.clock.wall(),
            connectTimeout: settings.connectTimeout,
            timeout: settings.requestTimeout
        )
        self.signer = signer
        exchanges[ticket] = transport.send(request) { [weak self] result in
            self?.exchanges[ticket] = nil
            self?.finish(ticket, result)
        }
    }

    private func finish(_ ticket: PollTicket, _ result: Result<HTTPResponse, TransportError>) {
        switch result {
        case .success(let response):
            handle(GetImportJob.result(of: response, jobID: ticket.jobID, now: environment.clock.wall()), ticket)
        case .failure(let error):
            handle(GetImportJob.result(of: error), ticket)
        }
    }

    private func handle(_ result: PollResult, _ ticket: PollTicket) {
        guard !isStopped else { return }
        // The next poll looks for credentials anew: a person may have mended them.
        if case .credentialsRefused = result { signer = nil }
        let actions = poller.handle(
            result,
            for: ticket,
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            using: &random
        )
        onActions(actions)
    }

    // MARK: Credentials

    private func resolveCredentials() {
        credentials.resolve { [weak self] result in self?.resolved(result) }
    }

    private func resolved(_ result: Result<Credentials?, CredentialError>) {
        let tickets = waitingForCredentials
        waitingForCredentials = []
        switch result {
        case .success(let credentials?):
            provider = credentials.provider
            signer = SigV4Signer(credentials: credentials, region: poller.region, service: "ses")
            for ticket in tickets { sendSigned(ticket) }
        case .success(nil):
            let problem = ServiceProblem(
                code: "NoCredentials",
                message: "found none in the environment and in the shared credentials file; "
                    + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
            )
            for ticket in tickets { handle(.credentialsRefused(problem), ticket) }
        case .failure(let error):
            let problem = ServiceProblem(code: "CredentialError", message: error.description)
            for ticket in tickets { handle(.credentialsRefused(problem), ticket) }
        }
    }
}

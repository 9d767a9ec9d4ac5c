import AWS
import ImportWatch
import SESv2

/// Performs what a source's ``JobPoller`` decides: resolves credentials, sends polls, hands results back.
final class SourceRunner {
    /// Everything about a source that a reload can change without a new poller.
    struct Settings: Equatable {
        var endpoint: ServiceEndpoint
        var tls: HTTPRequest.TLSFiles
        var profile: String?
        var roleARN: String?
        var polling: PollingSettings
        var requestTimeout: Duration
        var connectTimeout: Duration
    }

    /// Called with what a result or a change brings about.
    var onActions: ([JobPoller.Action]) -> Void = { _ in }

    private(set) var poller: JobPoller
    private(set) var statistics = PollStatistics()
    /// The credentials that signed the last poll.
    var signingCredentials: Credentials? { signer?.credentials }
    private var settings: Settings
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private var random = SystemRandom()
    private var credentials: CredentialSource
    private var skew = ClockSkew()
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
        credentials = environment.credentials(
            profile: settings.profile,
            roleARN: settings.roleARN,
            region: region,
            transport: transport
        )
        poller = JobPoller(
            source: name,
            region: region,
            settings: settings.polling,
            now: environment.clock.now()
        )
        watchCredentials()
    }

    // MARK: Configuration

    func configure(_ settings: Settings) {
        if settings.endpoint != self.settings.endpoint { skew = ClockSkew() }
        // A reload is also how people have changed credentials taken up.
        credentials = environment.credentials(
            profile: settings.profile,
            roleARN: settings.roleARN,
            region: poller.region,
            transport: transport
        )
        watchCredentials()
        let (old, now) = (self.settings, environment.clock.now())
        self.settings = settings
        poller.setSettings(settings.polling, now: now)
        let isSameAccount =
            old.profile == settings.profile && old.roleARN == settings.roleARN && old.endpoint == settings.endpoint
        poller.reloaded(mayBeOtherAccount: !isSameAccount, now: now, using: &random)
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
        guard let usable = credentials.usable() else {
            waitingForCredentials.append(ticket)
            if waitingForCredentials.count == 1 { awaitCredentials() }
            return
        }
        send(ticket, signedWith: usable)
    }

    private func send(_ ticket: PollTicket, signedWith credentials: Credentials) {
        var signer =
            signer.flatMap { $0.credentials == credentials ? $0 : nil }
            ?? SigV4Signer(credentials: credentials, region: poller.region, service: "ses")
        let request = GetImportJob.request(
            jobID: ticket.jobID,
            endpoint: settings.endpoint,
            signer: &signer,
            at: skew.serviceTime(now: environment.clock.wall()),
            connectTimeout: settings.connectTimeout,
            timeout: settings.requestTimeout,
            tls: settings.tls
        )
        self.signer = signer
        exchanges[ticket] = transport.send(request) { [weak self] result in
            self?.exchanges[ticket] = nil
            self?.finish(ticket, result, signedWith: credentials)
        }
    }

    private func finish(
        _ ticket: PollTicket,
        _ result: Result<HTTPResponse, TransportError>,
        signedWith credentials: Credentials
    ) {
        switch result {
        case .success(let response):
            let result = GetImportJob.result(of: response, jobID: ticket.jobID, now: environment.clock.wall())
            if isCured(response, result, signedWith: credentials) { return takeBack(ticket) }
            handle(result, ticket)
        case .failure(let error):
            handle(GetImportJob.result(of: error), ticket)
        }
    }

    private func handle(_ result: PollResult, _ ticket: PollTicket) {
        guard !isStopped else { return }
        let took = ticket.sentAt.duration(to: environment.clock.now())
        statistics.note(result, took: took, at: environment.clock.wall())
        let actions = poller.handle(
            result,
            for: ticket,
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            using: &random
        )
        onActions(actions)
    }

    // MARK: Refused signatures

    /// Whether a refusal was about the clock or outdated credentials, which the next poll does better.
    private func isCured(_ response: HTTPResponse, _ result: PollResult, signedWith credentials: Credentials) -> Bool {
        guard case .credentialsRefused(let problem) = result else {
            noteClock(skew.learn(from: response, code: nil, now: environment.clock.wall()))
            return false
        }
        if let change = skew.learn(from: response, code: problem.code, now: environment.clock.wall()) {
            noteClock(change)
            return true
        }
        return self.credentials.rejected(credentials, code: problem.code)
    }

    private func takeBack(_ ticket: PollTicket) {
        guard !isStopped else { return }
        poller.takeBack(ticket, now: environment.clock.now())
        onActions([])
    }

    private func noteClock(_ change: ClockSkew.Change?) {
        switch change {
        case nil: break
        case .differs:
            report(.clockSkew, .warning, "\(skew.inWords); signatures use the service's time, set the clock")
        case .agrees: report(.clockSkew, .info, "\(skew.inWords) again")
        }
    }

    private func report(_ kind: JournalEntry.Kind, _ priority: JournalEntry.Priority, _ words: String) {
        onActions([
            .report(
                JournalEntry(
                    kind: kind,
                    priority: priority,
                    message: "source \(poller.source) (\(poller.region)): \(words)",
                    fields: [.source: poller.source, .region: poller.region]
                )
            )
        ])
    }

    // MARK: Credentials

    private func watchCredentials() {
        credentials.onProblem = { [weak self] error in
            self?.report(.credentialsRefused, .warning, "credentials were not renewed, the old ones go on: \(error)")
        }
    }

    private func awaitCredentials() {
        credentials.credentials { [weak self] result in self?.resume(result) }
    }

    private func resume(_ result: Result<Credentials, CredentialError>) {
        let tickets = waitingForCredentials
        waitingForCredentials = []
        guard !isStopped else { return }
        switch result {
        case .success(let credentials):
            for ticket in tickets { send(ticket, signedWith: credentials) }
        case .failure(let error):
            let problem = ServiceProblem(code: "CredentialError", message: error.description)
            for ticket in tickets { handle(.credentialsRefused(problem), ticket) }
        }
    }
}

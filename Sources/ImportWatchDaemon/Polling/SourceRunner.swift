import AWS
import Crypto
import ImportWatch
import Platform
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
    /// Why credentials could not be had when they were last looked for; `nil` where they could.
    var credentialProblem: CredentialError? { credentials.problem }
    private var settings: Settings
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private var random = SystemRandom()
    private var credentials: CredentialSource
    private var skew = ClockSkew()
    private var signer: SigV4Signer?
    /// Since when credentials are fetched that polls wait for; their jobs stay due meanwhile and take no tokens.
    private var awaitingSince: MonotonicInstant?
    /// When to look whether there are other credentials, while jobs are not found that are asked about seldom.
    private var nextLook: MonotonicInstant?
    private let programs = SpawnedPrograms()
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
            transport: transport,
            programs: programs
        )
        poller = JobPoller(
            source: name,
            region: region,
            settings: settings.polling,
            digest: { Digest.sha256($0) },
            now: environment.clock.now()
        )
        watchCredentials()
    }

    // MARK: Configuration

    func configure(_ settings: Settings) {
        if settings.endpoint != self.settings.endpoint { skew = ClockSkew() }
        // A reload is also how people have changed credentials taken up.
        awaitingSince = nil
        let oldCredentials = credentials
        credentials = environment.credentials(
            profile: settings.profile,
            roleARN: settings.roleARN,
            region: poller.region,
            transport: transport,
            programs: programs
        )
        watchCredentials()
        let (old, now) = (self.settings, environment.clock.now())
        programs.endAll()
        // Another profile's or role's keys are another identity's; a new address is asked for the same one.
        if old.profile == settings.profile, old.roleARN == settings.roleARN {
            credentials.replace(oldCredentials)
        } else {
            oldCredentials.abandon()
        }
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
        let now = environment.clock.now()
        planLook(now: now)
        guard !isStopped, awaitingSince == nil, poller.isPollDue(now: now) || nextLook.map({ $0 <= now }) == true
        else { return }
        nextLook = nil
        guard let usable = credentials.usable() else { return awaitCredentials() }
        sendDuePolls(signedWith: usable)
        planLook(now: now)
    }

    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        guard awaitingSince == nil else { return nil }
        return [poller.nextPoll(now: now), nextLook].compactMap { $0 }.min()
    }

    private func planLook(now: MonotonicInstant) {
        guard poller.hasMissingJobs else {
            nextLook = nil
            return
        }
        nextLook = nextLook ?? now.advanced(by: .seconds(10))
    }

    func resumed() {
        poller.resumed(now: environment.clock.now())
    }

    /// Gives up every poll under way; their results would be ignored anyway.
    func stop() {
        isStopped = true
        for exchange in exchanges.values { transport.cancel(exchange) }
        exchanges = [:]
        credentials.abandon()
        programs.endAll()
    }

    private func sendDuePolls(signedWith credentials: Credentials) {
        if let before = signer?.credentials, before.accessKeyID != credentials.accessKeyID {
            // Other keys may be another account's, which knows what the one before did not.
            poller.askForMissingJobs(now: environment.clock.now(), using: &random)
        }
        for ticket in poller.duePolls(now: environment.clock.now()) { send(ticket, signedWith: credentials) }
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
        let signature = Signature(credentials: credentials, revision: skew.revision)
        exchanges[ticket] = transport.send(request) { [weak self] result in
            self?.exchanges[ticket] = nil
            self?.finish(ticket, result, signature)
        }
    }

    /// With what a poll was signed.
    private struct Signature {
        let credentials: Credentials
        let revision: Int
    }

    private func finish(
        _ ticket: PollTicket,
        _ result: Result<HTTPResponse, TransportError>,
        _ signature: Signature
    ) {
        switch result {
        case .success(let response):
            let result = GetImportJob.result(of: response, jobID: ticket.jobID, now: environment.clock.wall())
            if isCured(response, result, signature) { return takeBack(ticket) }
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
            serviceIsAhead: skew.offset,
            using: &random
        )
        onActions(actions)
    }

    // MARK: Refused signatures

    /// Whether a refusal was about the clock or outdated credentials, which the next poll does better.
    private func isCured(_ response: HTTPResponse, _ result: PollResult, _ signature: Signature) -> Bool {
        switch result {
        case .answered, .jobRefused:
            credentials.accepted(signature.credentials)
            _ = learn(from: response, .accepted, signature)
            return false
        case .credentialsRefused(let problem):
            return learn(from: response, .refused(code: problem.code), signature)
                || credentials.rejected(signature.credentials, code: problem.code)
        case .throttled, .unavailable: return false
        }
    }

    private func learn(
        from response: HTTPResponse,
        _ verdict: ClockSkew.Verdict,
        _ signature: Signature
    ) -> Bool {
        let lesson = skew.learn(
            from: response,
            verdict,
            signedUnder: signature.revision,
            now: environment.clock.wall()
        )
        noteClock(lesson.change)
        return lesson.isWorthRepeating
    }

    private func takeBack(_ ticket: PollTicket) {
        guard !isStopped else { return }
        poller.takeBack(ticket, now: environment.clock.now())
        onActions([])
    }

    private func noteClock(_ change: ClockSkew.Change?) {
        switch change {
        case nil: break
        case .differs: onActions([.report(entries.clockDiffers(by: skew.offset))])
        case .agrees: onActions([.report(entries.clockAgrees())])
        }
    }

    private var entries: SourceEntries { SourceEntries(poller.source, poller.region) }

    // MARK: Credentials

    private func watchCredentials() {
        let entries = entries
        let report = { [weak self] (entry: JournalEntry) in self?.onActions([.report(entry)]) }
        credentials.onProblem = { report(entries.credentialsNotRenewed($0.description)) }
        credentials.onRenewed = { report(entries.credentialsRenewed(after: $0)) }
        credentials.onNotice = { report(entries.credentialsNotice($0)) }
    }

    private func awaitCredentials() {
        let since = environment.clock.now()
        awaitingSince = since
        let source = credentials
        source.credentials { [weak self] result in
            // A reload may have put another source in place meanwhile.
            guard let self, source === credentials, !isStopped else { return }
            awaitingSince = nil
            resume(result, since: since)
        }
    }

    /// What leaves now is what the schedule and the budget let through now, however long the wait was.
    private func resume(_ result: Result<Credentials, CredentialError>, since: MonotonicInstant) {
        let now = environment.clock.now()
        switch result {
        case .success(let credentials):
            sendDuePolls(signedWith: credentials)
            onActions([])
        case .failure(let error):
            let problem = ServiceProblem(code: ServiceProblem.noCredentials, message: error.description)
            let wall = environment.clock.wall()
            statistics.note(.credentialsRefused(problem), took: since.duration(to: now), at: wall)
            onActions(poller.couldNotAsk(problem, now: now, wall: wall, using: &random))
        }
    }
}

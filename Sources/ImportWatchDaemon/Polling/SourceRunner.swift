import AWS
import Crypto
import ImportWatch
import Platform

/// Performs what a source's ``SignedPoller`` decides: sends polls, looks for credentials, hands results back.
package final class SourceRunner {
    /// Everything about a source that a reload can change without a new poller.
    package struct Settings: Equatable {
        var endpoint: ServiceEndpoint
        var tls: HTTPRequest.TLSFiles
        var profile: String?
        var roleARN: String?
        var polling: PollingSettings
        var requestTimeout: Duration
        var connectTimeout: Duration
    }

    /// Called with what a result or a change brings about.
    package var onActions: ([JobPoller.Action]) -> Void = { _ in }

    private(set) var polls: SignedPoller
    package var poller: JobPoller { polls.poller }
    package var statistics: PollStatistics { polls.statistics }
    /// The credentials that signed the last poll.
    var signingCredentials: Credentials? { polls.signingCredentials }
    /// Why credentials could not be had when they were last looked for; `nil` where they could.
    package var credentialProblem: CredentialError? { polls.credentialProblem }
    private var settings: Settings
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private var random = SystemRandom()
    private var service: SESv2Client
    private var credentials: CredentialSource
    private let programs = SpawnedPrograms()
    private var exchanges: [PollTicket: HTTPExchangeID] = [:]
    private var isStopped = false

    package init(
        name: String,
        region: String,
        settings: Settings,
        environment: DaemonEnvironment,
        transport: any HTTPTransport
    ) {
        self.settings = settings
        self.environment = environment
        self.transport = transport
        credentials = settings.credentials(region, environment, transport, programs)
        service = settings.service(region)
        polls = SignedPoller(
            JobPoller(
                source: name,
                region: region,
                settings: settings.polling,
                digest: { Digest.sha256($0) },
                now: environment.clock.now()
            )
        )
    }

    // MARK: Configuration

    func configure(_ settings: Settings) {
        let old = self.settings
        self.settings = settings
        credentials.abandon()
        programs.endAll()
        credentials = settings.credentials(poller.region, environment, transport, programs)
        service = settings.service(poller.region)
        let orders = polls.reloaded(
            settings.polling,
            isSameEndpoint: old.endpoint == settings.endpoint,
            isSameIdentity: old.profile == settings.profile && old.roleARN == settings.roleARN,
            now: environment.clock.now(),
            using: &random
        )
        perform(orders)
    }

    package func setJobs(_ ids: [String], records: [JobKey: JobRecord]) {
        let region = poller.region
        let actions = polls.poller.setJobs(
            ids,
            records: { records[JobKey(region: region, id: $0)] },
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            using: &random
        )
        onActions(actions)
    }

    func takeUnsavedRecords() -> [JobRecord] {
        polls.poller.takeUnsavedRecords()
    }

    // MARK: Polling

    /// Sends the polls that are due.
    package func turn() {
        guard !isStopped else { return }
        let orders = polls.turn(
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            files: credentials.files,
            using: &random
        )
        perform(orders)
        if !orders.actions.isEmpty { onActions(orders.actions) }
    }

    package func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        polls.nextTurn(now: now)
    }

    func resumed() {
        polls.poller.resumed(now: environment.clock.now())
    }

    /// Gives up every poll under way; their results would be ignored anyway.
    package func stop() {
        isStopped = true
        for exchange in exchanges.values { transport.cancel(exchange) }
        exchanges = [:]
        credentials.abandon()
        programs.endAll()
    }

    /// Sends and searches what is to be sent and searched; the actions are for the caller to hand on.
    private func perform(_ orders: SignedPoller.Orders) {
        for poll in orders.polls { send(poll) }
        if let number = orders.search { search(number) }
    }

    private func send(_ poll: SignedPoller.Poll) {
        let operation = GetImportJob(jobID: poll.ticket.jobID)
        let request = service.request(operation, signedWith: poll.credentials, at: poll.time)
        exchanges[poll.ticket] = transport.send(request) { [weak self] result in
            guard let self else { return }
            exchanges[poll.ticket] = nil
            switch result {
            case .success(let response):
                finish(poll, operation.result(of: response, now: environment.clock.wall()), response)
            case .failure(let error): finish(poll, GetImportJob.result(of: error), nil)
            }
        }
    }

    private func finish(_ poll: SignedPoller.Poll, _ result: PollResult, _ response: HTTPResponse?) {
        guard !isStopped else { return }
        let orders = polls.handle(
            result,
            of: response,
            to: poll,
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            using: &random
        )
        perform(orders)
        onActions(orders.actions)
    }

    private func search(_ number: Int) {
        credentials.search { [weak self] finding in
            guard let self, !isStopped else { return }
            let wasAwaited = polls.isAwaitingCredentials
            let orders = polls.found(
                finding,
                bySearch: number,
                now: environment.clock.now(),
                wall: environment.clock.wall(),
                using: &random
            )
            perform(orders)
            if wasAwaited || !orders.actions.isEmpty { onActions(orders.actions) }
        }
    }
}

extension SourceRunner.Settings {
    fileprivate func credentials(
        _ region: String,
        _ environment: DaemonEnvironment,
        _ transport: any HTTPTransport,
        _ programs: SpawnedPrograms
    ) -> CredentialSource {
        environment.credentials(
            profile: profile,
            roleARN: roleARN,
            region: region,
            transport: transport,
            programs: programs
        )
    }

    fileprivate func service(_ region: String) -> SESv2Client {
        SESv2Client(
            endpoint: endpoint,
            region: region,
            connectTimeout: connectTimeout,
            timeout: requestTimeout,
            tls: tls
        )
    }
}

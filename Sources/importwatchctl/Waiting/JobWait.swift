import AWS
import Crypto
import CurlTransport
import ImportWatch
import ImportWatchDaemon
import Platform
import WatchConfiguration

/// Polls jobs as the daemon does, with nothing kept on disk, until all of them have ended.
@MainActor
final class JobWait {
    /// What is waited for, and how.
    struct Request: Sendable {
        /// The jobs' IDs, each once.
        var jobs: [String]
        /// The Region; `nil` means the environment's or the profile's.
        var region: String?
        /// The profile whose credentials are used; `nil` means the default chain.
        var profile: String?
        /// The service's address instead of the regional one.
        var endpointURL: String?
        /// The longest wait; `nil` for ever.
        var timeout: Duration?
        /// Pace and delays.
        var polling: PollingSettings
    }

    /// How the wait ended.
    enum End: Hashable, Sendable {
        /// All jobs have ended, or are lost.
        case allEnded
        /// The time was over before.
        case timeout
        /// The service never took the credentials, or there is no way to ask it; why, in one line.
        case impossible(String)
    }

    /// Called with everything that happened to a job: its end, or that it is lost.
    var onEvent: (JobEvent) -> Void = { _ in }
    /// Called with what the daemon would write to its journal about the source.
    var onEntry: (JournalEntry) -> Void = { _ in }
    /// Called whenever an answer came.
    var onProgress: ([JobRecord]) -> Void = { _ in }

    private let request: Request
    private let clock = SystemClock()
    private let environment: DaemonEnvironment
    private let transport: CurlTransport
    private var runner: SourceRunner?
    private var timer: DeadlineTimer?
    private var deadline: MonotonicInstant?
    private var open: Set<String>
    private var wasAnswered = false
    private var completion: (End) -> Void = { _ in }

    /// Prepares a wait.
    ///
    /// - Parameter variables: The process's environment.
    init(_ request: Request, variables: [String: String]) throws(CurlSetupError) {
        self.request = request
        open = Set(request.jobs)
        environment = DaemonEnvironment(variables: variables, files: LocalFiles(), clock: clock)
        transport = try CurlTransport(userAgent: "importwatchctl/\(importWatchVersion)", now: clock.now)
    }

    /// Begins, and calls `completion` once at the end.
    func start(completion: @escaping (End) -> Void) {
        self.completion = completion
        let client = environment.client(of: source)
        guard let region = client.region else { return endWithoutRegion() }
        let endpoint: ServiceEndpoint
        do throws(EndpointProblem) {
            endpoint = try client.endpoint(of: .sesv2).endpoint
        } catch {
            return end(.impossible(error.description))
        }
        let runner = SourceRunner(
            name: source.name,
            region: region,
            settings: SourceRunner.Settings(source, endpoint: endpoint, tls: client.tls),
            environment: environment,
            transport: transport
        )
        runner.onActions = { [weak self] in self?.perform($0) }
        self.runner = runner
        deadline = request.timeout.map { clock.now().advanced(by: $0) }
        timer = DeadlineTimer(clock: clock) { [weak self] in self?.turn() }
        runner.setJobs(request.jobs, records: [:])
        turn()
    }

    /// Says what else would be in the way, so that not each try brings the next problem up.
    private func endWithoutRegion() {
        let problem = "no Region: give --region, or set AWS_REGION or the profile's region"
        let source = environment.credentials(
            profile: request.profile,
            roleARN: nil,
            region: nil,
            transport: transport
        )
        Task {
            guard case .failure(let error) = await source.credentials() else { return end(.impossible(problem)) }
            end(.impossible("\(problem); \(Remedy.line(missing: error))"))
        }
    }

    /// Why there is nothing to sign with, or why the service does not take it; nothing is polled on here.
    private var credentialProblem: String? {
        guard let runner else { return nil }
        if let error = runner.credentialProblem { return Remedy.line(missing: error) }
        guard case .credentialsRefused(let problem) = runner.poller.health.state else { return nil }
        return "credentials refused: " + Remedy.line(refused: problem)
    }

    private var source: Configuration.Source {
        var source = Configuration.Source(name: "wait", jobs: request.jobs)
        source.region = request.region
        source.profile = request.profile
        source.endpointURL = request.endpointURL
        source.polling = request.polling
        return source
    }

    private func turn() {
        guard let runner, !open.isEmpty else { return }
        let now = clock.now()
        if let deadline, deadline <= now { return end(.timeout) }
        runner.turn()
        timer?.set([runner.nextTurn(now: now), deadline].compactMap { $0 }.min())
    }

    private func perform(_ actions: [JobPoller.Action]) {
        for action in actions {
            switch action {
            case .save: break
            case .tell(let event): tell(event)
            case .report(let entry): report(entry)
            }
            if open.isEmpty { return }
        }
        if let runner { onProgress(runner.poller.views().map(\.record)) }
        turn()
    }

    private func tell(_ event: JobEvent) {
        // Nobody waits for a deadline of the service's own making.
        guard event.type != .overdue else { return }
        if let runner { onProgress(runner.poller.views().map(\.record)) }
        onEvent(event)
        open.remove(event.job.id)
        if open.isEmpty { end(.allEnded) }
    }

    private func report(_ entry: JournalEntry) {
        wasAnswered = wasAnswered || runner?.statistics.lastSuccess != nil
        if entry.kind == .credentialsRefused, !wasAnswered {
            return end(.impossible(credentialProblem ?? entry.message))
        }
        onEntry(entry)
        guard entry.kind == .noJobExists, let runner else { return }
        for id in request.jobs where open.contains(id) {
            tell(
                JobEvent(
                    .lost,
                    of: ImportJob(id: id, status: .unanswered),
                    occurredAt: clock.wall(),
                    source: source.name,
                    region: runner.poller.region,
                    digest: { Digest.sha256($0) }
                )
            )
        }
    }

    private func end(_ end: End) {
        open = []
        timer?.cancel()
        runner?.stop()
        runner = nil
        completion(end)
    }
}

import ImportWatch

/// The sources in force, each with what polls it.
final class Sources {
    /// Called with what a result or a change of a list brings about.
    var onActions: ([JobPoller.Action]) -> Void = { _ in }

    private(set) var runners: [SourceRunner] = []
    private var list = WatchList()
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport

    init(environment: DaemonEnvironment, transport: any HTTPTransport) {
        self.environment = environment
        self.transport = transport
    }

    /// Puts a plan's sources in force; those that stay keep their schedule.
    ///
    /// - Parameter records: What is remembered about jobs.
    /// - Returns: How many jobs came and went.
    func apply(_ sources: [DaemonPlan.Source], records: [JobRecord]) -> (added: Int, removed: Int) {
        let new = WatchList(sources.map { WatchList.Source(name: $0.name, region: $0.region, jobs: $0.jobs) })
        let old = runners
        let kept = new.sources.map { source in old.first { source.isSame(as: $0.poller) } }
        let remembered = new.remembered(from: records) { kept[$0]?.poller.isListed($1) == true }
        runners = zip(sources, kept).map { source, kept in
            let runner = kept ?? makeRunner(source)
            if kept != nil { runner.configure(source.settings) }
            runner.setJobs(source.jobs, records: remembered)
            return runner
        }
        for runner in old where !runners.contains(where: { $0 === runner }) { runner.stop() }
        defer { list = new }
        return new.change(since: list)
    }

    private func makeRunner(_ source: DaemonPlan.Source) -> SourceRunner {
        let runner = SourceRunner(
            name: source.name,
            region: source.region,
            settings: source.settings,
            environment: environment,
            transport: transport
        )
        runner.onActions = { [weak self] in self?.onActions($0) }
        return runner
    }

    // MARK: All sources together

    /// Sends the polls that are due.
    func turn() {
        for runner in runners { runner.turn() }
    }

    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        runners.compactMap { $0.nextTurn(now: now) }.min()
    }

    /// Lets no burst of polls follow a sleep of the machine.
    func resumed() {
        for runner in runners { runner.resumed() }
    }

    func stop() {
        for runner in runners { runner.stop() }
    }

    var hasUnsavedRecords: Bool { runners.contains { $0.poller.hasUnsavedRecords } }

    func takeUnsavedRecords() -> [JobRecord] { runners.flatMap { $0.takeUnsavedRecords() } }

    var records: [JobRecord] { runners.flatMap { $0.poller.records } }
}

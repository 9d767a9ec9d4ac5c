/// The jobs that the configuration lists, by source.
public struct WatchList: Sendable {
    /// A source and its jobs.
    public struct Source: Hashable, Sendable {
        /// The source's name.
        public var name: String
        /// The AWS Region.
        public var region: String
        /// The jobs' IDs, each once.
        public var jobs: [String]

        public init(name: String, region: String, jobs: [String]) {
            self.name = name
            self.region = region
            self.jobs = jobs
        }

        /// Whether this is the same source with another list: it keeps its schedule, its pace and its health.
        public func isSame(as other: JobPoller) -> Bool { name == other.source && region == other.region }
    }

    /// The sources.
    public var sources: [Source]

    public init(_ sources: [Source] = []) {
        self.sources = sources
    }

    /// How many jobs came and went; where the lists are the same, that is quickly said.
    public func change(since old: WatchList) -> (added: Int, removed: Int) {
        let isSame = sources.elementsEqual(old.sources) { $0.region == $1.region && $0.jobs == $1.jobs }
        if isSame { return (0, 0) }
        let (before, after) = (old.keys, keys)
        return (after.subtracting(before).count, before.subtracting(after).count)
    }

    /// What is remembered about the jobs that are new to their sources: a million others may stay.
    ///
    /// - Parameter isListed: Whether a source, by its place, has a job already.
    public func remembered(
        from records: [JobRecord],
        isListed: (_ source: Int, _ id: String) -> Bool
    ) -> [JobKey: JobRecord] {
        var new: Set<JobKey> = []
        for (place, source) in sources.enumerated() {
            for id in source.jobs where !isListed(place, id) { new.insert(JobKey(region: source.region, id: id)) }
        }
        return Dictionary(records.lazy.filter { new.contains($0.key) }.map { ($0.key, $0) }) { first, _ in first }
    }

    private var keys: Set<JobKey> {
        Set(sources.lazy.flatMap { source in source.jobs.lazy.map { JobKey(region: source.region, id: $0) } })
    }
}

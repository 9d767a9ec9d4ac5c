import ImportWatch

/// The keys of a source, which stand at the top level and in each `[[source]]`.
struct SourceDecoder {
    /// Where the table begins.
    let position: Position
    /// Whether any of the keys that bring jobs is there.
    let namesJobs: Bool
    private let region: String?
    private let profile: String?
    private let roleARN: String?
    private let endpointURL: String?
    private let jobs: [Located<String>]
    private let lists: [Located<String>]
    private let discover: Bool
    private var polling = PollingDecoder()

    /// Reads the keys that the top level and `[[source]]` share; the caller finishes the section.
    init(_ section: inout SectionReader) {
        position = section.position
        namesJobs = section.has("jobs") || section.has("jobs_files") || section.has("discover")
        region = AWSNames.region(&section)
        profile = AWSNames.profile(&section)
        roleARN = AWSNames.roleARN(&section)
        endpointURL = Self.endpoint(&section)
        jobs = section.strings("jobs") ?? []
        let written = section.strings("jobs_files") ?? []
        lists = written.filter { [section] in FilePath.isUsable($0, "jobs_files", section) }
        let place = section.entry("discover")?.node.position ?? position
        discover = section.flag("discover")
        if discover {
            NotSupportedYet.discover.refuse(at: place, key: section.qualified("discover"), section.collector)
        }
        if var table = section.table("polling") { polling = PollingDecoder(&table) }
    }

    /// Whether the keys make up a source, rather than defaults for others.
    var isSource: Bool { !jobs.isEmpty || !lists.isEmpty || discover }

    /// The source, with what is missing taken from `parent`.
    func source(named name: String, over parent: SourceDecoder?, lists reader: JobLists) -> Configuration.Source {
        var source = Configuration.Source(name: name)
        polling.apply(over: parent?.polling ?? PollingDecoder(), to: &source, reader.collector)
        source.region = region ?? parent?.region
        source.profile = profile ?? parent?.profile
        source.roleARN = roleARN ?? parent?.roleARN
        source.endpointURL = endpointURL ?? parent?.endpointURL
        source.jobs = reader.merged(jobs: jobs, lists: lists, source: name)
        source.jobsFiles = lists.map { reader.paths.beside($0.value) }
        source.discover = discover
        return source
    }

    /// Checks the defaults where no source takes them over.
    func checkDefaults(_ collector: ComplaintCollector) {
        var source = ConfigurationKey.plainSource
        polling.apply(over: PollingDecoder(), to: &source, collector)
    }

    private static func endpoint(_ section: inout SectionReader) -> String? {
        let key = "endpoint_url"
        guard let url = WebAddress.read(key, &section) else {
            return nil
        }
        guard !WebAddress.hasQueryOrFragment(url.value) else {
            section.complain(key, "can't hold a query or a fragment", at: url.position)
            return nil
        }
        if WebAddress.isPlainAndRemote(url.value) {
            section.collector.warning(
                "\(section.qualified(key)) is http:// to another machine: anyone on the way can read what is asked",
                at: url.position,
                key: section.qualified(key)
            )
        }
        return url.value
    }
}

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
        jobs = section.strings("jobs", example: "6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b") ?? []
        let written = section.strings("jobs_files", example: "jobs.d/*.list") ?? []
        lists = written.filter { [section] in FilePath.isUsable($0, "jobs_files", section) }
        let sweeps = section.boolean("discover")
        discover = sweeps?.value ?? false
        if let sweeps, sweeps.value {
            NotSupportedYet.discover.refuse(at: sweeps.position, key: section.qualified("discover"), section.collector)
        }
        if var table = section.table("polling") { polling = PollingDecoder(&table) }
    }

    /// Whether the keys make up a source, rather than defaults for others.
    var isSource: Bool { !jobs.isEmpty || !lists.isEmpty || discover }

    /// The source, with what is missing taken from `parent`.
    func source(
        named name: String,
        over parent: SourceDecoder?,
        lists reader: JobLists
    ) -> Configuration.Source {
        let settings = polling.settings(over: parent?.polling ?? PollingDecoder(), reader.collector)
        return Configuration.Source(
            name: name,
            region: region ?? parent?.region,
            profile: profile ?? parent?.profile,
            roleARN: roleARN ?? parent?.roleARN,
            endpointURL: endpointURL ?? parent?.endpointURL,
            jobs: reader.merged(jobs: jobs, lists: lists, source: name),
            jobsFiles: lists.map { reader.paths.beside($0.value) },
            discover: discover,
            polling: settings.polling,
            strategy: settings.strategy,
            requestTimeout: settings.requestTimeout,
            connectTimeout: settings.connectTimeout
        )
    }

    /// Checks the defaults where no source takes them over.
    func checkDefaults(_ collector: ComplaintCollector) {
        _ = polling.settings(over: PollingDecoder(), collector)
    }

    private static func endpoint(_ section: inout SectionReader) -> String? {
        let key = "endpoint_url"
        guard let url = WebAddress.read(key, example: "https://email.eu-west-1.amazonaws.com", &section) else {
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

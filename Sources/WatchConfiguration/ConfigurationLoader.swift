import ImportWatch

/// Reads a configuration file and all that it names.
public struct ConfigurationLoader {
    /// The longest configuration file, in bytes.
    public static let sizeLimit = 4 << 20

    private let files: any FileReader
    private let environment: [String: String]

    /// Makes a loader.
    ///
    /// - Parameter environment: For CREDENTIALS_DIRECTORY and STATE_DIRECTORY.
    public init(files: any FileReader, environment: [String: String]) {
        self.files = files
        self.environment = environment
    }

    /// Reads and checks `path`; all that is wrong is told at once.
    public func load(path: String) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.sizeLimit)
        } catch {
            if case .permissionDenied = error { throw .permissionDenied(path: path) }
            throw .unreadable(path: path, reason: error.description)
        }
        let collector = ComplaintCollector(path: path)
        let configuration = decode(bytes, path: path, collector)
        let complaints = collector.complaints.sorted()
        guard let configuration, !complaints.contains(where: { $0.severity == .error }) else {
            throw .invalid(complaints)
        }
        return (configuration, complaints)
    }

    private func decode(_ bytes: [UInt8], path: String, _ collector: ComplaintCollector) -> Configuration? {
        let entries: [TOMLEntry]
        do {
            entries = try TOMLParser.parse(bytes)
        } catch {
            collector.error(error.reason.printable, at: error.position)
            return nil
        }
        let start = Position(line: 1, column: 1)
        var top = SectionReader(name: "", entries: entries, position: start, collector: collector)
        let files = files
        let paths = PathRules(
            configurationPath: path,
            environment: environment,
            exists: { files.version(of: $0) != nil }
        )
        let sources = sources(&top, JobLists(paths: paths, files: files, collector: collector))
        let webhooks = webhooks(&top, WebhookDecoder(paths: paths, files: files))
        let state = state(&top, paths)
        metrics(&top)
        top.finish()
        if !sources.contains(where: { !$0.jobs.isEmpty }) {
            collector.warning("there is no job to watch; add jobs or jobs_files and reload", at: start)
        }
        return Configuration(path: path, sources: sources, webhooks: webhooks, state: state)
    }

    private func sources(_ top: inout SectionReader, _ lists: JobLists) -> [Configuration.Source] {
        let shared = SourceDecoder(&top)
        var sources: [Configuration.Source] = []
        var names = UniqueNames(what: "source")
        if shared.isSource {
            sources.append(shared.source(named: "default", over: nil, lists: lists, collector: top.collector))
            names.reserve("default")
        }
        for var section in top.tables("source") {
            let name = Name.read(&section, example: "us")
            let decoder = SourceDecoder(&section)
            section.finish()
            guard let name else {
                section.collector.error("a [[source]] needs a name, such as name = \"us\"", at: section.position)
                continue
            }
            guard names.accept(name, section.collector) else { continue }
            sources.append(decoder.source(named: name.value, over: shared, lists: lists, collector: top.collector))
        }
        return sources
    }

    private func webhooks(_ top: inout SectionReader, _ decoder: WebhookDecoder) -> [Configuration.Webhook] {
        var names = UniqueNames(what: "webhook")
        return top.tables("webhook").compactMap { table in
            var section = table
            guard let (name, webhook) = decoder.decode(&section), names.accept(name, section.collector) else {
                return nil
            }
            return webhook
        }
    }

    private func state(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.State {
        var state = Configuration.State(path: paths.state("state.sqlite"), keep: .seconds(720 * 3600))
        guard var section = top.table("state") else { return state }
        if let path = SourceDecoder.word("path", example: "state.sqlite", &section) { state.path = paths.state(path) }
        if let keep = section.duration("keep", from: .seconds(60), upTo: .seconds(315_360_000), example: "720h") {
            state.keep = keep.value
        }
        for key in ["postgresql", "lease", "lease_renew"] {
            guard let entry = section.take(key) else { continue }
            NotSupportedYet.refuse("state.\(key)", at: entry.keyPosition, section.collector)
        }
        section.finish()
        return state
    }

    private func metrics(_ top: inout SectionReader) {
        guard var section = top.table("metrics") else { return }
        if let textfile = section.string("textfile", example: "/var/lib/prometheus/node-exporter/importwatchd.prom"),
            !textfile.value.isEmpty
        {
            NotSupportedYet.refuse("metrics.textfile", at: textfile.position, section.collector)
        }
        section.finish()
    }
}

/// Sees to it that a name is given once.
private struct UniqueNames {
    let what: String
    private var places: [String: Position?] = [:]

    init(what: String) {
        self.what = what
    }

    mutating func reserve(_ name: String) {
        places[name] = .some(nil)
    }

    mutating func accept(_ name: Located<String>, _ collector: ComplaintCollector) -> Bool {
        guard let taken = places[name.value] else {
            places[name.value] = name.position
            return true
        }
        let place = taken.map { "at line \($0.line)" } ?? "by the top-level keys"
        collector.error("there is a \(what) \"\(name.value)\" already, \(place)", at: name.position)
        return false
    }
}

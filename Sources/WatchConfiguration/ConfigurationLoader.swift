import ImportWatch
import Webhook

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
        guard let configuration, !collector.hasErrors else { throw .invalid(collector.sorted) }
        return (configuration, collector.sorted)
    }

    /// Where the state lies, whatever is wrong with the rest of the file; `nil` where that can't be said.
    public func statePath(path: String) -> String? {
        guard let bytes = try? files.read(path, limit: Self.sizeLimit), let entries = try? TOMLParser.parse(bytes)
        else {
            return nil
        }
        let collector = ComplaintCollector(path: path)
        var top = SectionReader(name: "", entries: entries, position: Self.start, collector: collector)
        let state = ServiceDecoder.state(&top, paths(path))
        return collector.hasErrors ? nil : state.path
    }

    private static let start = Position(line: 1, column: 1)

    private func paths(_ path: String) -> PathRules {
        let files = files
        return PathRules(
            configurationPath: path,
            environment: environment,
            exists: { files.version(of: $0) != nil }
        )
    }

    private func decode(_ bytes: [UInt8], path: String, _ collector: ComplaintCollector) -> Configuration? {
        let entries: [TOMLEntry]
        do {
            entries = try TOMLParser.parse(bytes)
        } catch {
            collector.error(error.reason, at: error.position)
            return nil
        }
        var top = SectionReader(name: "", entries: entries, position: Self.start, collector: collector)
        let paths = paths(path)
        let sources = sources(&top, JobLists(paths: paths, files: files, collector: collector))
        let webhooks = webhooks(&top, WebhookDecoder(paths: paths, files: files))
        let state = ServiceDecoder.state(&top, paths)
        let metrics = ServiceDecoder.metrics(&top, paths)
        top.finish()
        return Configuration(path: path, sources: sources, webhooks: webhooks, state: state, metrics: metrics)
    }

    private func sources(_ top: inout SectionReader, _ lists: JobLists) -> [Configuration.Source] {
        let collector = lists.collector
        let shared = SourceDecoder(&top)
        var sources: [Configuration.Source] = []
        var names = UniqueNames(of: "source")
        var places: [String: Position] = [:]
        if shared.isSource {
            sources.append(shared.source(named: "default", over: nil, lists: lists))
            names.reserve("default")
        }
        let tables = top.tables("source")
        for var section in tables {
            let name = SectionName.read(&section)
            let decoder = SourceDecoder(&section)
            section.finish()
            if !decoder.namesJobs {
                let message = "this [[source]] names no jobs; give it jobs or jobs_files"
                collector.warning(message, at: decoder.position, key: "source.jobs")
            }
            // A source without a usable name is decoded all the same: all that is wrong is told at once.
            let source = decoder.source(named: name?.value ?? "without a name", over: shared, lists: lists)
            guard let name, names.accept(name, collector) else { continue }
            sources.append(source)
            places[name.value] = decoder.position
        }
        for group in Dictionary(grouping: sources, by: \.region).values {
            for shared in SharedJob.among(group.map { ($0.name, $0.jobs) }) {
                collector.error(shared.problem, at: places[shared.second] ?? top.position, key: "source.jobs")
            }
        }
        if !shared.isSource, tables.isEmpty { shared.checkDefaults(collector) }
        if sources.allSatisfy(\.jobs.isEmpty), !collector.hasErrors {
            collector.warning("there is no job to watch; add jobs or jobs_files and reload", at: top.position)
        }
        return sources
    }

    private func webhooks(_ top: inout SectionReader, _ decoder: WebhookDecoder) -> [WebhookSettings] {
        let collector = top.collector
        var names = UniqueNames(of: "webhook")
        return top.tables("webhook").compactMap { table in
            guard let (name, webhook) = decoder.decode(table), names.accept(name, collector) else { return nil }
            return webhook
        }
    }
}

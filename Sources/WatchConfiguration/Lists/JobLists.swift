import ImportWatch

/// Merges the IDs of `jobs` and of the files that `jobs_files` names.
struct JobLists {
    /// The longest list file, in bytes.
    static let sizeLimit = 64 << 20
    /// The most jobs of a source.
    static let countLimit = 1_000_000

    let paths: PathRules
    let files: any FileReader
    let collector: ComplaintCollector

    /// All IDs, each once, in the order of the files; every ID that can't be used is an error with its place.
    func merged(jobs: [Located<String>], lists: [Located<String>]) -> [String] {
        var merger = Merger(collector: collector)
        for job in jobs { merger.add(job.value, at: job.position, in: collector.path) }
        for list in lists { read(list, into: &merger) }
        if merger.ids.count > Self.countLimit {
            let position = lists.first?.position ?? Position(line: 1, column: 1)
            collector.error("\(merger.ids.count) jobs are more than \(Self.countLimit) in one source", at: position)
        }
        return merger.ids
    }

    private func read(_ list: Located<String>, into merger: inout Merger) {
        let pattern = paths.beside(list.value)
        guard pattern.contains(where: { "*?[".contains($0) }) else {
            return read(pattern, named: list, into: &merger)
        }
        for path in files.paths(matching: pattern) { read(path, named: list, into: &merger) }
    }

    private func read(_ path: String, named list: Located<String>, into merger: inout Merger) {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.sizeLimit)
        } catch {
            collector.error("jobs_files: \(error)", at: list.position)
            return
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        for (index, line) in rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            let start = line.firstIndex { !isBlank($0) } ?? line.endIndex
            let content = line[start...].prefix { $0 != UInt8(ascii: "#") }
            guard let last = content.lastIndex(where: { !isBlank($0) }) else { continue }
            let position = Position(line: index + 1, column: start - line.startIndex + 1)
            guard let id = String(validating: content[...last], as: UTF8.self) else {
                collector.error("this is no UTF-8", at: position, in: path)
                continue
            }
            merger.add(id, at: position, in: path)
        }
    }
}

/// Takes each ID once and says where a repeated one was first.
private struct Merger {
    let collector: ComplaintCollector
    private(set) var ids: [String] = []
    private var places: [String: (path: String, position: Position)] = [:]
    private var told: Set<String> = []

    init(collector: ComplaintCollector) {
        self.collector = collector
    }

    mutating func add(_ id: String, at position: Position, in path: String) {
        if let problem = JobID.problem(with: id) {
            collector.error(problem.description, at: position, in: path)
            return
        }
        if let first = places[id] {
            guard told.insert(id).inserted else { return }
            let place = "\(first.path):\(first.position.line):\(first.position.column)"
            collector.warning("job \(id.printable) is listed already at \(place)", at: position, in: path)
            return
        }
        places[id] = (path, position)
        ids.append(id)
    }
}

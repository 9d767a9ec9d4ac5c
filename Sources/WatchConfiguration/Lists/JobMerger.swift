import ImportWatch

/// Takes each ID of a source once and says where a repeated one was first.
struct JobMerger {
    /// Where an ID was first, in few bytes: there may be a million.
    private struct Place {
        var file: UInt32
        var line: UInt32
        var column: UInt32
    }

    /// The IDs, in the order they came.
    private(set) var ids: [String] = []
    /// Whether there were more than the limit; the rest is not looked at.
    private(set) var isFull = false
    private let source: String
    private let limit: Int
    private let collector: ComplaintCollector
    private var places: [String: Place] = [:]
    private var told: Set<String> = []
    private var paths: [String]
    private var seen: Set<String> = []

    init(source: String, limit: Int, collector: ComplaintCollector) {
        self.source = source
        self.limit = limit
        self.collector = collector
        paths = [collector.path]
    }

    /// Says which file the next IDs are from; false if it was read already, which patterns that overlap bring about.
    mutating func begin(_ path: String) -> Bool {
        guard seen.insert(path).inserted else { return false }
        paths.append(path)
        return true
    }

    /// Takes the bytes of an ID.
    mutating func add(_ bytes: some Collection<UInt8>, at position: Position) {
        guard let id = String(validating: bytes, as: UTF8.self) else {
            collector.error("this job ID is no UTF-8", at: position, key: "jobs_files", in: paths[paths.count - 1])
            return
        }
        add(id, at: position)
    }

    /// Takes an ID.
    mutating func add(_ id: String, at position: Position) {
        guard !isFull else { return }
        let path = paths[paths.count - 1]
        if let problem = JobID.problem(with: id) {
            collector.error(problem.description, at: position, key: "jobs", in: path)
            return
        }
        let place = Place(
            file: UInt32(truncatingIfNeeded: paths.count - 1),
            line: UInt32(truncatingIfNeeded: position.line),
            column: UInt32(truncatingIfNeeded: position.column)
        )
        if let first = places[id] {
            guard told.insert(id).inserted else { return }
            let place = "\(paths[Int(first.file)]):\(first.line):\(first.column)"
            collector.warning("job \(id.quotedID) is listed already at \(place)", at: position, key: "jobs", in: path)
        } else if ids.count < limit {
            places[id] = place
            ids.append(id)
        } else {
            isFull = true
            collector.error("the source \(source) has more than \(limit) jobs", at: position, key: "jobs", in: path)
        }
    }
}

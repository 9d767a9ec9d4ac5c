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
    func merged(jobs: [Located<String>], lists: [Located<String>], source: String) -> [String] {
        var merger = JobMerger(source: source, limit: Self.countLimit, collector: collector)
        for job in jobs { merger.add(job.value, at: job.position) }
        for list in lists {
            for path in listPaths(list) { read(path, named: list, into: &merger) }
        }
        return merger.ids
    }

    /// The files that an entry of `jobs_files` stands for.
    private func listPaths(_ list: Located<String>) -> [(path: String, isNamed: Bool)] {
        guard files.isPattern(list.value) else { return [(paths.beside(list.value), true)] }
        let found = files.paths(matching: paths.pattern(list.value))
        if found.isEmpty { checkFolder(of: list) }
        return found.map { ($0, false) }
    }

    /// Tells a folder that may not be read from one where nothing matches; or all its jobs would silently be dropped.
    private func checkFolder(of list: Located<String>) {
        let fixed = list.value.prefix { !"*?[".contains($0) }
        let folder = fixed.lastIndex(of: "/").map { String(fixed[...$0]) } ?? ""
        do {
            _ = try files.read(paths.beside(folder) + ".", limit: 0)
        } catch {
            guard case .permissionDenied = error else { return }
            collector.error("jobs_files: \(error)".hiding(list.value), at: list.position, key: "jobs_files")
        }
    }

    private func read(_ file: (path: String, isNamed: Bool), named list: Located<String>, into merger: inout JobMerger)
    {
        guard merger.begin(file.path) else { return }
        let bytes: [UInt8]
        do {
            bytes = try files.read(file.path, limit: Self.sizeLimit)
        } catch {
            // A file that goes away after its folder was read is not there, as if it had gone before.
            if case .notFound = error, !file.isNamed { return }
            collector.error("jobs_files: \(error)".hiding(list.value), at: list.position, key: "jobs_files")
            return
        }
        bytes.withUnsafeBufferPointer { Self.scan($0, into: &merger) }
    }

    /// One ID a line; `#` begins a comment.
    private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, into merger: inout JobMerger) {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var number = 0
        while !rest.isEmpty, !merger.isFull {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            let start = line.firstIndex { !isBlank($0) } ?? line.endIndex
            let content = line[start...].prefix { $0 != UInt8(ascii: "#") }
            guard let last = content.lastIndex(where: { !isBlank($0) }) else { continue }
            let position = Position(line: number, column: start - line.startIndex + 1)
            merger.add(content[...last], at: position)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}

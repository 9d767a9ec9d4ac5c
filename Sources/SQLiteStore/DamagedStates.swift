import Glibc

/// Keeps damaged states that were put aside from filling the disk.
enum DamagedStates {
    /// How many stay: the first, which shows how it began, and the newest.
    static let most = 5
    private static let suffixes = ["-wal", "-shm"]

    /// Deletes what is too many of the states that were put aside beside a state.
    static func prune(statePath: String) {
        let slash = statePath.lastIndex(of: "/")
        let directory = slash.map { String(statePath[...$0]) } ?? "./"
        let file = slash.map { String(statePath[statePath.index(after: $0)...]) } ?? statePath
        let prefix = file + ".damaged-"
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        var found: Set<String> = []
        while let entry = readdir(entries) {
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
            }
            // A log may have been put aside alone, where the state itself was deleted.
            let part = suffixes.first { name.hasSuffix($0) } ?? ""
            if name.hasPrefix(prefix) { found.insert(String(name.dropLast(part.count))) }
        }
        // Their dates sort as text.
        for name in found.sorted().dropFirst().dropLast(most - 1) {
            for suffix in [""] + suffixes { unlink(directory + name + suffix) }
        }
    }
}

import Glibc

/// Keeps damaged states that were put aside from filling the disk.
enum DamagedStates {
    /// How many stay: the first, which shows how it began, and the newest.
    static let most = 5

    /// Deletes what is too many of the states that were put aside beside a state.
    static func prune(statePath: String) {
        let slash = statePath.lastIndex(of: "/")
        let directory = slash.map { String(statePath[...$0]) } ?? "./"
        let file = slash.map { String(statePath[statePath.index(after: $0)...]) } ?? statePath
        let prefix = file + ".damaged-"
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
            }
            if name.hasPrefix(prefix), !name.hasSuffix("-wal"), !name.hasSuffix("-shm") { names.append(name) }
        }
        // Their dates sort as text.
        names.sort()
        for name in names.dropFirst().dropLast(most - 1) {
            for suffix in ["", "-wal", "-shm"] { unlink(directory + name + suffix) }
        }
    }
}

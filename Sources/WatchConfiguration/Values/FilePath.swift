/// Paths of files, as the configuration writes them.
enum FilePath {
    /// A path that can be opened; an empty one is an error.
    static func read(_ key: String, _ section: inout SectionReader) -> Located<String>? {
        guard let path = section.string(key) else { return nil }
        return isUsable(path, key, section) ? path : nil
    }

    /// A path that can be opened; an empty one stands for none.
    static func readOptional(_ key: String, _ section: inout SectionReader) -> Located<String>? {
        guard let path = section.string(key), !path.value.isEmpty else { return nil }
        return isUsable(path, key, section) ? path : nil
    }

    /// Complains about a path that no file can have.
    static func isUsable(_ path: Located<String>, _ key: String, _ section: SectionReader) -> Bool {
        if path.value.isEmpty {
            section.complain(key, "can't be empty", at: path.position)
        } else if path.value.utf8.count >= 4096 {
            section.complain(key, "must be shorter than 4096 bytes", at: path.position)
        } else if path.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            section.complain(key, "can't hold control characters", at: path.position)
        } else if path.value.hasPrefix("whsec_") || path.value.hasPrefix("whsk_") {
            section.complain(key, "holds the secret itself; write that to a file and name the file", at: path.position)
        } else if path.value.hasPrefix("https://") || path.value.hasPrefix("http://") {
            section.complain(key, "holds a web address; name a file", at: path.position)
        } else {
            return true
        }
        return false
    }
}

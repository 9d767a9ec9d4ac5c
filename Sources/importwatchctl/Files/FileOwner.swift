import Glibc

/// The user in whose hands a file lies, as whom root's tool touches it: what that user planted there leads no further
/// than the user's own rights.
struct FileOwner {
    /// The group that owns nothing, by Debian's base-passwd and the kernel's overflowgid.
    private static let nobodysGroup: gid_t = 65_534

    private let user: uid_t

    /// Does `body` as the user who owns the first part of `path` that isn't root's; as who we are where all is root's.
    ///
    /// - Parameter isFileIncluded: Whether the file's own owner counts, or its directories' and, for a link, the link's.
    static func acting<Answer>(
        for path: String,
        isFileIncluded: Bool = true,
        _ body: () throws -> Answer
    ) throws -> Answer {
        guard geteuid() == 0, let owner = FileOwner(of: path, isFileIncluded: isFileIncluded, depth: 0) else {
            return try body()
        }
        return try owner.act(body)
    }

    private init(user: uid_t) {
        self.user = user
    }

    /// `nil` where no part of the path is another user's than root's.
    private init?(of path: String, isFileIncluded: Bool, depth: Int) {
        var prefixes = path.indices.filter { path[$0] == "/" && $0 > path.startIndex }.map { String(path[..<$0]) }
        prefixes.append(path)
        for prefix in prefixes {
            var status = stat()
            guard lstat(prefix, &status) == 0 else { return nil }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            let isCounted = isFileIncluded || isLink || prefix != path
            if status.st_uid != 0, isCounted {
                self.init(user: status.st_uid)
                return
            }
            // A link of root's own: the parts of what it leads to count.
            guard isLink, depth < 8, let resolved = realpath(prefix, nil) else { continue }
            defer { free(resolved) }
            let isLast = prefix == path
            let target = FileOwner(
                of: String(cString: resolved),
                isFileIncluded: isFileIncluded || !isLast,
                depth: depth + 1
            )
            if let target {
                self = target
                return
            }
        }
        return nil
    }

    private func act<Answer>(_ body: () throws -> Answer) throws -> Answer {
        var before = [gid_t](repeating: 0, count: 65_536)
        let count = getgroups(Int32(before.count), &before)
        // Without an entry the user is in no group that is known; the file's group might be one of root's.
        var (primary, groups) = (Self.nobodysGroup, [gid_t]())
        if let entry = getpwuid(user) {
            primary = entry.pointee.pw_gid
            var (known, size) = ([gid_t](repeating: 0, count: 65_536), Int32(65_536))
            if getgrouplist(entry.pointee.pw_name, primary, &known, &size) >= 0 {
                groups = Array(known.prefix(Int(size)))
            }
        }
        guard count >= 0, setgroups(groups.count, groups) == 0 else { throw Refused(user: user, code: errno) }
        defer { _ = setgroups(Int(count), before) }
        guard setegid(primary) == 0 else { throw Refused(user: user, code: errno) }
        defer { _ = setegid(0) }
        guard seteuid(user) == 0 else { throw Refused(user: user, code: errno) }
        defer { _ = seteuid(0) }
        return try body()
    }

    /// The system does not let root become the owner.
    private struct Refused: Error, CustomStringConvertible {
        let user: uid_t
        let code: Int32

        var description: String {
            "can't become user \(user), to whom the file belongs: \(String(cString: strerror(code)))"
        }
    }
}

import Glibc
import Platform

/// The user in whose hands a file lies, as whom root's tool touches it: what that user planted there leads no further
/// than the user's own rights.
struct FileOwner {
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
        return try SystemUser(id: owner.user).act(refused: { Refused(user: owner.user, error: $0) }, body)
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
            guard isLink, depth < 8, let resolved = FilePaths.resolved(prefix) else { continue }
            let isLast = prefix == path
            let target = FileOwner(
                of: resolved,
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

    /// The system does not let root become the owner.
    private struct Refused: Error, CustomStringConvertible {
        let user: uid_t
        let error: SystemError

        var description: String {
            "can't become user \(user), to whom the file belongs: \(error)"
        }
    }
}

import Glibc

/// The user that the daemon runs as, whom root's tool can become: then it may what the daemon may, and no more.
struct ServiceUser {
    /// Its name.
    let name: String
    /// Its home directory.
    let home: String
    private let user: uid_t
    private let group: gid_t
    private let groups: [gid_t]

    /// `nil` where there is no such user.
    ///
    /// - Parameters:
    ///   - name: Its name, or its number.
    ///   - more: Groups that it is given besides its own, by name or number; those that aren't there are left out.
    init?(name: String, groups more: [String] = []) {
        guard let entry = getpwnam(name) ?? uid_t(name).flatMap({ getpwuid($0) }) else { return nil }
        self.name = String(cString: entry.pointee.pw_name)
        home = entry.pointee.pw_dir.map { String(cString: $0) } ?? "/"
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(self.name, group, &groups, &count) >= 0 else { return nil }
        self.groups =
            groups.prefix(Int(count)) + more.compactMap { getgrnam($0)?.pointee.gr_gid ?? gid_t($0) }
    }

    /// Becomes the user for good: what the daemon's user could have planted, this process runs as nobody else.
    func become() throws(Refused) {
        guard setgroups(groups.count, groups) == 0, setgid(group) == 0, setuid(user) == 0 else {
            throw Refused(user: name, code: errno)
        }
    }

    /// The system does not let root become the user.
    struct Refused: Error, CustomStringConvertible {
        let user: String
        let code: Int32

        var description: String { "can't become the user \(user): \(String(cString: strerror(code)))" }
    }
}

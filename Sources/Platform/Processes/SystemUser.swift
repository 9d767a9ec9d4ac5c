import Glibc

/// A user of this machine whom root's program can become: then it may what the user may, and no more.
public struct SystemUser: Sendable {
    /// The group that owns nothing, by Debian's base-passwd and the kernel's overflowgid.
    private static let nobodysGroup: gid_t = 65_534
    /// The most groups that the kernel knows a process to be in (NGROUPS_MAX).
    private static let groupLimit = 65_536

    /// Its name, or its number where it has none.
    public let name: String
    /// Its home directory.
    public let home: String
    private let user: uid_t
    private let group: gid_t
    private let groups: [gid_t]

    /// `nil` where there is no such user.
    ///
    /// - Parameters:
    ///   - name: Its name, or its number.
    ///   - more: Groups that it is given besides its own, by name or number; those that aren't there are left out.
    public init?(name: String, groups more: [String] = []) {
        guard let entry = getpwnam(name) ?? uid_t(name).flatMap({ getpwuid($0) }) else { return nil }
        self.init(entry.pointee, more.compactMap { getgrnam($0)?.pointee.gr_gid ?? gid_t($0) })
    }

    /// The user of a number, who without an entry is in no group that is known: a file's might be one of root's.
    public init(id: uid_t) {
        guard let entry = getpwuid(id) else {
            self.init(name: String(id), home: "/", user: id, group: Self.nobodysGroup, groups: [])
            return
        }
        self.init(entry.pointee, [])
    }

    private init(_ entry: passwd, _ more: [gid_t]) {
        let name = entry.pw_name.map { String(cString: $0) } ?? String(entry.pw_uid)
        var (own, count) = ([gid_t](repeating: 0, count: Self.groupLimit), Int32(Self.groupLimit))
        let isKnown = getgrouplist(name, entry.pw_gid, &own, &count) >= 0
        self.init(
            name: name,
            home: entry.pw_dir.map { String(cString: $0) } ?? "/",
            user: entry.pw_uid,
            group: entry.pw_gid,
            groups: (isKnown ? own.prefix(Int(count)) : []) + more
        )
    }

    private init(name: String, home: String, user: uid_t, group: gid_t, groups: [gid_t]) {
        (self.name, self.home, self.user, self.group, self.groups) = (name, home, user, group, groups)
    }

    /// Becomes the user for good: what the user could have planted, this process runs as nobody else.
    public func become() throws(SystemError) {
        guard setgroups(groups.count, groups) == 0, setgid(group) == 0, setuid(user) == 0 else { throw SystemError() }
    }

    /// Does `body` as the user, and is root again; what keeps root from becoming the user goes to `refused`.
    public func act<Answer>(refused: (SystemError) -> any Error, _ body: () throws -> Answer) throws -> Answer {
        var before = [gid_t](repeating: 0, count: Self.groupLimit)
        let count = getgroups(Int32(before.count), &before)
        guard count >= 0, setgroups(groups.count, groups) == 0 else { throw refused(SystemError()) }
        defer { _ = setgroups(Int(count), before) }
        guard setegid(group) == 0 else { throw refused(SystemError()) }
        defer { _ = setegid(0) }
        guard seteuid(user) == 0 else { throw refused(SystemError()) }
        defer { _ = seteuid(0) }
        return try body()
    }
}

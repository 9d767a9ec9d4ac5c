import Glibc
import WatchConfiguration

/// The user that the daemon runs as, for whom files are tried out by one who may become that user.
struct ServiceUser {
    private let name: String
    private let user: uid_t
    private let group: gid_t
    private let groups: [gid_t]

    /// `nil` where there is no such user, or where only the user itself can know what it may do.
    init?(name: String) {
        guard geteuid() == 0, let entry = getpwnam(name) else { return nil }
        self.name = name
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(name, group, &groups, &count) >= 0 else { return nil }
        self.groups = Array(groups.prefix(Int(count)))
    }

    /// What the user could not read or write of what a configuration names, one line each with what to do.
    func problems(with configuration: Configuration) -> [String] {
        var problems: [String] = []
        asUser {
            for path in Self.files(of: configuration) where !may(R_OK, path) {
                problems.append(
                    "the user \(name) can't read \(path); chgrp \(name) it and chmod 640 it, and its folders 750"
                )
            }
            let state = configuration.state.path
            let folder = state.lastIndex(of: "/").map { String(state[..<$0]) } ?? "."
            if exists(state), !may(R_OK | W_OK, state) {
                problems.append("the user \(name) can't write \(state); chown \(name) it")
            } else if exists(folder), !may(W_OK | X_OK, folder) {
                problems.append("the user \(name) can't write to \(folder), where the state lies; chown \(name) it")
            }
        }
        return problems
    }

    private static func files(of configuration: Configuration) -> [String] {
        var files = [configuration.path]
        for pattern in configuration.sources.flatMap(\.jobsFiles) {
            let isPattern = pattern.contains { "*?[".contains($0) }
            files += isPattern ? LocalFiles().paths(matching: pattern) : [pattern]
        }
        for webhook in configuration.webhooks {
            let tls = [webhook.tls.certificateAuthorities, webhook.tls.clientCertificate, webhook.tls.clientKey]
            files += ([webhook.secretFile] + tls).compactMap { $0 }
        }
        var seen: Set<String> = []
        // systemd hands out credentials in its own way.
        return files.filter { !$0.hasPrefix("/run/credentials/") && seen.insert($0).inserted }
    }

    private func asUser(_ body: () -> Void) {
        var before = [gid_t](repeating: 0, count: 256)
        let count = getgroups(256, &before)
        guard count >= 0, setgroups(groups.count, groups) == 0 else { return }
        defer { setgroups(Int(count), before) }
        guard setegid(group) == 0 else { return }
        defer { setegid(0) }
        guard seteuid(user) == 0 else { return }
        defer { seteuid(0) }
        body()
    }

    private func may(_ access: Int32, _ path: String) -> Bool {
        faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0
    }

    private func exists(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0
    }
}

import Glibc

/// Who is at the other end of the control socket, as the kernel says.
public struct ControlPeer: Hashable, Sendable {
    /// The user.
    public var user: uid_t
    /// The group, and the supplementary ones.
    public var groups: [gid_t]

    /// Makes a peer.
    public init(user: uid_t, groups: [gid_t]) {
        self.user = user
        self.groups = groups
    }
}

/// What somebody may do at the control socket.
public enum ControlAccess: Hashable, Sendable {
    /// Be told that it is not allowed.
    case nothing
    /// See what is going on, but change nothing.
    case reading
    /// All.
    case everything

    /// What the kernel says in a user namespace of every group that it doesn't know there.
    private static let unknownGroup: gid_t = 65_534

    /// Root and the daemon's user may do all; members of the daemon's group may read.
    public init(of peer: ControlPeer, daemonUser: uid_t, daemonGroup: gid_t) {
        if peer.user == 0 || peer.user == daemonUser {
            self = .everything
        } else if daemonGroup != Self.unknownGroup, peer.groups.contains(daemonGroup) {
            self = .reading
        } else {
            self = .nothing
        }
    }

    /// Whether a method may be called; one that is not known to change nothing counts as one that does.
    func allows(_ method: String) -> Bool {
        switch self {
        case .everything: true
        case .nothing: false
        case .reading:
            [
                "\(ControlInterface.name).Status", "\(ControlInterface.name).Deliveries",
                "\(ControlInterface.service).GetInfo", "\(ControlInterface.service).GetInterfaceDescription",
            ].contains(method)
        }
    }
}

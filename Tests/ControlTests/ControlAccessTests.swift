import Control
import Glibc
import Testing

@Suite struct ControlAccessTests {
    private func access(_ user: uid_t, _ groups: [gid_t], daemonGroup: gid_t = 100) -> ControlAccess {
        ControlAccess(of: ControlPeer(user: user, groups: groups), daemonUser: 99, daemonGroup: daemonGroup)
    }

    @Test func rootAndTheDaemonsUserMayDoAll() {
        #expect(access(0, []) == .everything)
        #expect(access(99, [5]) == .everything)
    }

    @Test func theDaemonsGroupMayReadAndNobodyElseMayAnything() {
        #expect(access(1000, [1000, 7, 100]) == .reading)
        #expect(access(1000, [100]) == .reading)
        #expect(access(1000, [1000, 7]) == .nothing)
        #expect(access(65_534, []) == .nothing)
    }

    /// In a user namespace all groups that it does not know are shown as this one.
    @Test func theGroupThatStandsForUnknownOnesGivesNothing() {
        #expect(access(1000, [65_534], daemonGroup: 65_534) == .nothing)
    }
}

import AWS
import ImportWatch
import Testing

@Suite struct RefreshPolicyTests {
    private let start = WallTime(secondsSinceEpoch: Int64(1_795_000_000))

    private func temporary(_ id: String, minutes: Int64, outlives: Bool = false) -> Credentials {
        var credentials = Credentials(
            accessKeyID: id,
            secretAccessKey: "s",
            sessionToken: "t",
            expiresAt: start.advanced(by: .seconds(60 * minutes)),
            provider: "test"
        )
        credentials.mayOutliveExpiry = outlives
        return credentials
    }

    private func at(_ minutes: Int64, _ seconds: Int64 = 0) -> WallTime {
        start.advanced(by: .seconds(60 * minutes + seconds))
    }

    @Test func withoutCredentialsCallersWait() {
        #expect(RefreshPolicy().step(now: start) == .wait)
    }

    @Test func keysForEverAreNeverFetchedAgain() {
        var policy = RefreshPolicy()
        let keys = Credentials(accessKeyID: "K", secretAccessKey: "s", provider: "test")
        policy.refreshed(keys, now: start, random: 0)
        #expect(policy.step(now: at(1_000_000)) == .use(keys))
    }

    @Test func theWindowsBeginFifteenAndTenMinutesBeforeTheEnd() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.step(now: at(44, 59)) == .use(hour))
        #expect(policy.step(now: at(45)) == .useAndRefresh(hour))
        #expect(policy.step(now: at(49, 59)) == .useAndRefresh(hour))
        #expect(policy.step(now: at(50)) == .wait)
    }

    @Test func jitterMovesTheFirstWindowButNotTheSecond() {
        for random in [0.0, 0.25, 0.5, 0.75, 1.0] {
            var policy = RefreshPolicy()
            let hour = temporary("H", minutes: 60)
            policy.refreshed(hour, now: start, random: random)
            let begin = at(45).advanced(by: .seconds(240 * random))
            #expect(policy.step(now: begin.advanced(by: .milliseconds(-1))) == .use(hour))
            #expect(policy.step(now: begin) == .useAndRefresh(hour))
            #expect(policy.step(now: at(50)) == .wait)
        }
    }

    @Test func aFailureInTheFirstWindowIsToleratedAndTriedAgainLater() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.failed(now: at(45), random: 0.5) == hour)
        #expect(policy.step(now: at(45, 1)) == .use(hour))
        #expect(policy.step(now: at(46, 30)) == .useAndRefresh(hour))
        let next = temporary("N", minutes: 120)
        policy.refreshed(next, now: at(47), random: 0)
        #expect(policy.step(now: at(47)) == .use(next))
    }

    @Test func inTheSecondWindowTheOldOnesGoOnOnlyAfterAFailureAndOnlyToTheirEnd() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.step(now: at(55)) == .wait)
        #expect(policy.failed(now: at(55), random: 0) == hour)
        #expect(policy.step(now: at(55, 30)) == .use(hour))
        #expect(policy.step(now: at(56)) == .wait)
        #expect(policy.failed(now: at(59, 59), random: 0) == hour)
        #expect(policy.step(now: at(60)) == .wait)
        #expect(policy.failed(now: at(60), random: 0) == nil)
    }

    @Test func anInstancesCredentialsGoOnAfterTheirEnd() {
        var policy = RefreshPolicy()
        let hour = temporary("I", minutes: 60, outlives: true)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.step(now: at(61)) == .wait)
        #expect(policy.failed(now: at(61), random: 0) == hour)
        #expect(policy.step(now: at(65, 59)) == .use(hour))
        #expect(policy.step(now: at(66)) == .wait)
        #expect(policy.failed(now: at(66), random: 1) == hour)
        #expect(policy.step(now: at(75, 59)) == .use(hour), "put off by up to ten minutes")
        #expect(policy.step(now: at(76)) == .wait)
    }

    @Test func shortLifetimesGetShortWindows() {
        var policy = RefreshPolicy()
        let short = temporary("S", minutes: 15)
        policy.refreshed(short, now: start, random: 0)
        #expect(policy.step(now: at(7)) == .use(short))
        #expect(policy.step(now: at(8)) == .useAndRefresh(short))
        #expect(policy.step(now: at(10)) == .wait)
    }

    @Test func aRejectionForcesOneFetchAndOneRepetition() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.rejected(hour) == true)
        #expect(policy.step(now: at(1)) == .wait)
        let next = temporary("N", minutes: 120)
        policy.refreshed(next, now: at(1), random: 0)
        #expect(policy.rejected(hour) == true, "a late refusal of the old ones: others are there already")
        #expect(policy.step(now: at(1)) == .use(next))
    }

    @Test func whereAFetchBringsTheSameTheRefusalStands() {
        var policy = RefreshPolicy()
        let keys = Credentials(accessKeyID: "K", secretAccessKey: "s", provider: "test")
        policy.refreshed(keys, now: start, random: 0)
        #expect(policy.rejected(keys) == true)
        policy.refreshed(keys, now: at(1), random: 0)
        #expect(policy.step(now: at(1)) == .use(keys))
        #expect(policy.rejected(keys) == false)
        #expect(policy.step(now: at(2)) == .wait, "each probe looks anew, since a person may have mended them")
        policy.refreshed(temporary("N", minutes: 60), now: at(3), random: 0)
        policy.accepted()
        policy.refreshed(keys, now: at(4), random: 0)
        #expect(policy.rejected(keys) == true, "after others that were accepted they get another chance")
    }

    /// A program that gives new keys at each run, none of which the service takes, makes no refusal repeat for ever.
    @Test func whereAFetchBringsOthersThatAreRefusedTooTheRefusalStands() {
        var policy = RefreshPolicy()
        policy.refreshed(temporary("0", minutes: 60), now: start, random: 0)
        var repetitions = 0
        for number in 0..<50 {
            if policy.rejected(temporary("\(number)", minutes: 60)) { repetitions += 1 }
            #expect(policy.step(now: at(1)) == .wait)
            policy.refreshed(temporary("\(number + 1)", minutes: 60), now: at(1), random: 0)
        }
        #expect(repetitions == 1)
        policy.accepted()
        #expect(policy.rejected(temporary("50", minutes: 60)) == true)
    }

    @Test func rejectedCredentialsDoNotGoOnWhereFetchingFails() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.rejected(hour) == true)
        #expect(policy.failed(now: at(1), random: 0) == nil)
        #expect(policy.step(now: at(1)) == .wait)
    }

    @Test func aChangedSourceIsLookedAtOnce() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        policy.sourceChanged()
        #expect(policy.step(now: at(1)) == .wait)
        #expect(policy.failed(now: at(1), random: 0) == hour, "a file that is half written takes nothing away")
        #expect(policy.step(now: at(1)) == .use(hour))
    }

    @Test func aClockSetBackDoesNotPutOffTheNextTry() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        _ = policy.failed(now: at(48), random: 1)
        #expect(policy.step(now: at(46)) == .useAndRefresh(hour))
    }
}

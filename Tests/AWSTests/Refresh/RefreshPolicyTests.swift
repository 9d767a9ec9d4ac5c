import ImportWatch
import Testing

@testable import AWS

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

    @Test func theWindowsBeginFifteenMinutesAndOneMinuteBeforeTheEnd() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.step(now: at(44, 59)) == .use(hour))
        #expect(policy.step(now: at(45)) == .useAndRefresh(hour))
        #expect(policy.step(now: at(58, 59)) == .useAndRefresh(hour))
        policy.began()
        #expect(policy.step(now: at(58, 59)) == .use(hour), "a fetch that hangs stops nobody while they are good")
        #expect(policy.step(now: at(59)) == .wait)
    }

    @Test func jitterMovesTheFirstWindowButNotTheSecond() {
        for random in [0.0, 0.25, 0.5, 0.75, 1.0] {
            var policy = RefreshPolicy()
            let hour = temporary("H", minutes: 60)
            policy.refreshed(hour, now: start, random: random)
            let begin = at(45).advanced(by: .seconds(240 * random))
            #expect(policy.step(now: begin.advanced(by: .milliseconds(-1))) == .use(hour))
            #expect(policy.step(now: begin) == .useAndRefresh(hour))
            #expect(policy.step(now: at(59)) == .wait)
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
        #expect(policy.step(now: at(59)) == .wait)
        #expect(policy.failed(now: at(59, 5), random: 0) == hour)
        #expect(policy.step(now: at(59, 59)) == .use(hour))
        #expect(policy.step(now: at(60)) == .wait)
        #expect(policy.failed(now: at(60), random: 1) == nil)
        #expect(policy.step(now: at(60, 1)) == .refuse)
        #expect(policy.step(now: at(60, 2)) == .wait)
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
        #expect(policy.step(now: at(14)) == .wait)
        var shortest = RefreshPolicy()
        let minute = temporary("M", minutes: 1)
        shortest.refreshed(minute, now: start, random: 0)
        #expect(shortest.step(now: at(0, 29)) == .use(minute))
        #expect(shortest.step(now: at(0, 30)) == .useAndRefresh(minute))
        #expect(shortest.step(now: at(0, 40)) == .wait)
    }

    @Test func aRejectionForcesOneFetchAndOneRepetition() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.rejected(hour, now: at(1), random: 0) == true)
        #expect(policy.step(now: at(1)) == .wait)
        policy.began()
        #expect(policy.rejected(hour, now: at(1), random: 0) == true, "one that was under way says nothing new")
        let next = temporary("N", minutes: 120)
        policy.refreshed(next, now: at(1), random: 0)
        #expect(policy.rejected(hour, now: at(1), random: 0) == true, "others are there already")
        #expect(policy.step(now: at(1)) == .use(next))
    }

    @Test func withoutAnAcceptedAnswerTheNextRefusalStandsAndFetchesGetSeldom() {
        var policy = RefreshPolicy()
        var waits: [Int64] = []
        var now = start
        for number in 0..<9 {
            let keys = Credentials(accessKeyID: "K\(number)", secretAccessKey: "s", provider: "test")
            policy.refreshed(keys, now: now, random: 1)
            #expect(policy.rejected(keys, now: now, random: 1) == (number == 0))
            if number == 0 {
                #expect(policy.step(now: now) == .wait)
                continue
            }
            #expect(policy.step(now: now) == .use(keys), "a probe goes out with them meanwhile")
            #expect(policy.rejected(keys, now: now, random: 1) == false, "which changes no plan")
            let begin = now
            while policy.step(now: now) != .wait { now = now.advanced(by: .seconds(1)) }
            waits.append(begin.duration(to: now).components.seconds)
        }
        #expect(waits == [2, 4, 8, 16, 32, 60, 60, 60])
    }

    @Test func anAcceptedAnswerGivesTheNextRefusalItsRepetitionButNotWithoutBound() {
        var policy = RefreshPolicy()
        let keys = Credentials(accessKeyID: "K", secretAccessKey: "s", provider: "test")
        policy.refreshed(keys, now: start, random: 0)
        for _ in 0..<RefreshPolicy.repetitionsPerMinute {
            policy.accepted(keys)
            #expect(policy.rejected(keys, now: at(1), random: 0) == true)
            policy.refreshed(keys, now: at(1), random: 0)
        }
        policy.accepted(keys)
        #expect(policy.rejected(keys, now: at(1), random: 0) == false)
        policy.accepted(keys)
        #expect(policy.step(now: at(1)) == .use(keys), "accepted after all")
        #expect(policy.rejected(keys, now: at(2), random: 0) == true)
    }

    @Test func whereAFetchBringsTheSameTheRefusalStands() {
        var policy = RefreshPolicy()
        let keys = Credentials(accessKeyID: "K", secretAccessKey: "s", provider: "test")
        policy.refreshed(keys, now: start, random: 0)
        #expect(policy.rejected(keys, now: at(1), random: 0) == true)
        policy.refreshed(keys, now: at(1), random: 0)
        #expect(policy.step(now: at(1)) == .use(keys))
        #expect(policy.rejected(keys, now: at(1), random: 0) == false)
        #expect(policy.step(now: at(2)) == .wait, "looked at anew, since a person may have mended them")
    }

    @Test func rejectedCredentialsDoNotGoOnWhereFetchingFails() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        policy.refreshed(hour, now: start, random: 0)
        #expect(policy.rejected(hour, now: at(1), random: 0) == true)
        #expect(policy.failed(now: at(1), random: 0) == nil)
        #expect(policy.step(now: at(1)) == .use(hour), "as a probe, until the next fetch is due")
        #expect(policy.step(now: at(1, 2)) == .wait)
    }

    @Test(arguments: [Int64(60), 6_000, 0])
    func aFetchThatAChangedFileAskedForIsTriedAgainWhereItFailed(minutes: Int64) {
        var policy = RefreshPolicy()
        var keys = temporary("K", minutes: minutes)
        if minutes == 0 { keys.expiresAt = nil }
        policy.refreshed(keys, now: start, random: 0)
        policy.sourceChanged()
        #expect(policy.failed(now: at(1), random: 0) == keys)
        #expect(policy.step(now: at(1, 59)) == .use(keys))
        #expect(policy.step(now: at(2)) == .useAndRefresh(keys))
        policy.refreshed(keys, now: at(2), random: 0)
        #expect(policy.step(now: at(30)) == .use(keys))
    }

    @Test func whatAReloadTakesOverIsUsedUntilItsOwnFetchEnds() {
        var old = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        old.refreshed(hour, now: start, random: 0)
        old.began()
        var policy = RefreshPolicy(replacing: old)
        policy.began()
        #expect(policy.step(now: at(1)) == .use(hour))
        #expect(policy.failed(now: at(1), random: 0) == hour)
        #expect(policy.step(now: at(1)) == .use(hour))
        #expect(policy.step(now: at(2)) == .useAndRefresh(hour))
        #expect(old.rejected(hour, now: at(1), random: 0) == true)
        _ = old.failed(now: at(1), random: 0)
        policy = RefreshPolicy(replacing: old)
        policy.began()
        #expect(policy.step(now: at(1)) == .wait, "refused ones are not handed on as good")
    }

    @Test func theSameOnesAgainAreNotFetchedFasterAndFasterTowardsTheirEnd() {
        var policy = RefreshPolicy()
        let hour = temporary("H", minutes: 60)
        var fetches = 0
        for second in 0..<3_600 {
            let now = at(0, Int64(second))
            switch policy.step(now: now) {
            case .use: break
            case .useAndRefresh, .wait, .refuse:
                fetches += 1
                policy.refreshed(hour, now: now, random: 0)
            }
        }
        #expect((10...17).contains(fetches), "\(fetches)")
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

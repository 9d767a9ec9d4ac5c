import ImportWatch
import TestSupport
import Testing

@testable import AWS

@Suite struct CredentialKeeperTests {
    private typealias Step = CredentialKeeper.Step
    private var keeper = CredentialKeeper()
    private var now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))
    private var random = SeededGenerator(seed: 1)

    private func hour(_ id: String) -> Credentials {
        Credentials(
            accessKeyID: id,
            secretAccessKey: "s",
            expiresAt: now.advanced(by: .seconds(3600)),
            provider: "test"
        )
    }

    private mutating func step(files: [FileVersion?] = []) -> Step {
        keeper.step(now: now, files: { files })
    }

    /// The key that is used, or what is done instead.
    private mutating func use() -> String {
        switch step() {
        case .use(let credentials, let searches): credentials.accessKeyID + (searches ? ", searching" : "")
        case .wait(let searches): searches ? "search" : "wait"
        case .refuse(let error): "refuse: \(error.reason)"
        }
    }

    @discardableResult
    private mutating func found(
        _ credentials: Result<Credentials?, CredentialError>,
        files: [FileVersion?] = []
    ) -> (result: Result<Credentials, CredentialError>, change: CredentialKeeper.Change?) {
        keeper.found(CredentialFinding(credentials: credentials, files: files), now: now, using: &random)
    }

    private mutating func rejected(_ credentials: Credentials, _ code: String = "ExpiredTokenException") -> String {
        let verdict = keeper.rejected(credentials, code: code, now: now, using: &random)
        return (verdict.isWorthRepeating ? "repeat" : "stands") + (verdict.searches ? ", search" : "")
    }

    private mutating func wait(_ seconds: Int64) {
        now = now.advanced(by: .seconds(seconds))
    }

    @Test mutating func whoeverAsksWaitsForOneSearch() {
        #expect(use() == "search")
        for _ in 0..<100 { #expect(use() == "wait") }
        #expect(found(.success(hour("A"))).result == .success(hour("A")))
        #expect(use() == "A")
    }

    @Test mutating func inTheFirstWindowTheOldOnesAreUsedWhileOthersAreSought() {
        #expect(use() == "search")
        found(.success(hour("A")))
        wait(49 * 60 + 30)
        #expect(use() == "A, searching")
        for _ in 0..<10 { #expect(use() == "A") }
        wait(9 * 60 + 45)
        #expect(use() == "wait")
        found(.success(hour("B")))
        #expect(use() == "B")
    }

    @Test mutating func failuresAreToldOnceWhileOldOnesGoOn() {
        _ = use()
        found(.success(hour("A")))
        let failure = CredentialError(provider: "test", reason: "down")
        wait(51 * 60)
        for number in 0..<3 {
            #expect(use() == "A, searching")
            let (result, change) = found(.failure(failure))
            #expect((try? result.get())?.accessKeyID == "A")
            #expect(change == (number == 0 ? .notRenewed(failure) : nil))
            wait(121)
        }
        #expect(keeper.problem == failure)
        wait(600)
        #expect(use() == "search")
        let (result, change) = found(.failure(failure))
        #expect(result == .failure(failure) && change == nil)
        #expect(use() == "refuse: down", "too soon to look again")
    }

    @Test mutating func nothingFoundIsAnErrorThatSaysWhereItWasSought() {
        _ = use()
        guard case .failure(let error) = found(.success(nil)).result else {
            Issue.record("found something")
            return
        }
        #expect(error.reason.contains("AWS_ACCESS_KEY_ID"))
    }

    @Test mutating func credentialsThatHaveEndedAreRefusedUnlessTheyOutliveIt() {
        var ended = hour("E")
        ended.expiresAt = now
        _ = use()
        #expect((try? found(.success(ended)).result.get()) == nil)
        #expect(use().hasPrefix("refuse"))
        wait(2)
        ended.mayOutliveExpiry = true
        #expect(use() == "search")
        #expect((try? found(.success(ended)).result.get())?.accessKeyID == "E")
        #expect(use() == "E")
    }

    @Test mutating func aRefusalBringsASearchAboutOnlyWhereThatCanHelp() {
        _ = use()
        let keys = hour("A")
        found(.success(keys))
        #expect(rejected(keys, "AccessDeniedException") == "stands")
        #expect(use() == "A")
        #expect(rejected(keys) == "repeat, search")
        #expect(use() == "wait")
        found(.success(hour("B")))
        #expect(use() == "B")
    }

    @Test mutating func aRefusalSearchesAtOnceAndTheNextOneWaits() {
        _ = use()
        let (first, second) = (hour("A"), hour("B"))
        found(.success(first))
        keeper.accepted(first)
        #expect(rejected(first) == "repeat, search")
        for _ in 0..<20 { #expect(rejected(first) == "repeat", "under way when the first was refused") }
        found(.success(second))
        #expect(use() == "B")
        #expect(rejected(first) == "repeat", "late news of old ones")
        #expect(rejected(second) == "stands")
        #expect(use() == "B", "a probe goes out with them")
        wait(2)
        #expect(use() == "search")
    }

    @Test mutating func theEndOfTroubleIsToldOnceWhateverAProgramSaidMeanwhile() {
        var told: [CredentialKeeper.Change?] = []
        _ = use()
        found(.success(hour("A")))
        wait(48 * 60)
        for number in 0..<3 {
            wait(121)
            #expect(use() == "A, searching")
            told.append(found(.failure(CredentialError(provider: "p", reason: "down", said: "at \(number)"))).change)
            #expect(keeper.problem?.said == "at \(number)")
        }
        for id in ["B", "C"] {
            wait(121)
            _ = step()
            told.append(found(.success(hour(id))).change)
            #expect(keeper.problem == nil)
            wait(3300)
        }
        let first = CredentialError(provider: "p", reason: "down", said: "at 0")
        #expect(told == [.notRenewed(first), nil, nil, .renewed(after: .seconds(363)), nil])
    }

    @Test mutating func oneTakesAnothersPlaceWithItsKeys() {
        _ = use()
        found(.success(hour("A")))
        wait(50 * 60)
        #expect(use() == "A, searching")
        keeper = CredentialKeeper(replacing: keeper)
        #expect(use() == "A", "a search of its own is under way")
        found(.success(hour("B")))
        #expect(use() == "B")
    }

    @Test mutating func changedFilesAreNoticedOnceASecond() {
        let versions = (0..<3).map { FileVersion(inode: 1, modifiedNanoseconds: $0, size: 1) }
        #expect(step(files: [versions[0]]) == .wait(searches: true))
        found(.success(hour("A")), files: [versions[0]])
        #expect(step(files: [versions[1]]) != .wait(searches: true), "it was looked at within this second")
        wait(1)
        #expect(step(files: [versions[1]]) == .wait(searches: true))
        let half = CredentialError(provider: "test", reason: "half written")
        #expect((try? found(.failure(half), files: [versions[1]]).result.get())?.accessKeyID == "A")
        wait(1)
        guard case .use(let credentials, _) = step(files: [versions[1]]) else {
            Issue.record("the file is as the last search saw it")
            return
        }
        #expect(credentials.accessKeyID == "A")
    }
}

import AWS
import ImportWatch
import Testing

@Suite @MainActor struct CredentialSourceTests {
    /// A provider whose searches end when the test says so.
    private final class HeldProvider: CredentialProvider {
        private(set) var searches = 0
        private var held: [CheckedContinuation<Result<Credentials?, CredentialError>, Never>] = []
        private var announced: [CheckedContinuation<Void, Never>] = []

        func credentials() async throws(CredentialError) -> Credentials? {
            searches += 1
            let result = await withCheckedContinuation { continuation in
                held.append(continuation)
                for waiter in announced { waiter.resume() }
                announced = []
            }
            return try result.get()
        }

        /// Returns when a search is under way.
        func search() async {
            if held.isEmpty { await withCheckedContinuation { announced.append($0) } }
        }

        func end(_ result: Result<Credentials?, CredentialError>) async {
            await search()
            held.removeFirst().resume(returning: result)
        }
    }

    private let world = TestWorld(["HOME": "/home"])
    private let provider = HeldProvider()

    private func source() -> CredentialSource { CredentialSource(provider: provider, ports: world.ports) }

    private func hour(_ id: String) -> Credentials {
        Credentials(
            accessKeyID: id,
            secretAccessKey: "s",
            expiresAt: world.now.advanced(by: .seconds(3600)),
            provider: "test"
        )
    }

    /// Lets what is ready on the main actor run.
    private func settle() async {
        for _ in 0..<20 { await Task.yield() }
    }

    private func ask(_ source: CredentialSource) async -> Result<Credentials, CredentialError> {
        await withCheckedContinuation { continuation in
            source.credentials { continuation.resume(returning: $0) }
        }
    }

    @Test func manyCallersWaitForOneSearchAndNoneIsLost() async {
        let source = source()
        var answers: [String] = []
        #expect(source.usable() == nil)
        for _ in 0..<100 {
            source.credentials { result in answers.append((try? result.get())?.accessKeyID ?? "none") }
        }
        let last = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        #expect((try? await last.value.get())?.accessKeyID == "A")
        #expect(answers == Array(repeating: "A", count: 100))
        #expect(provider.searches == 1)
        #expect(source.usable()?.accessKeyID == "A")
    }

    @Test func inTheFirstWindowTheOldOnesAreUsedWhileOthersAreFetched() async {
        let source = source()
        let first = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        world.now = world.now.advanced(by: .seconds(49 * 60 + 30))
        for _ in 0..<10 { #expect(source.usable()?.accessKeyID == "A") }
        await provider.search()
        #expect(provider.searches == 2)
        world.now = world.now.advanced(by: .seconds(9 * 60 + 45))
        let waiting = Task { await ask(source) }
        await provider.end(.success(hour("B")))
        #expect((try? await waiting.value.get())?.accessKeyID == "B")
        #expect(provider.searches == 2)
    }

    @Test func failuresAreToldOnceWhileOldOnesGoOn() async {
        let source = source()
        var told: [CredentialError] = []
        source.onProblem = { told.append($0) }
        let first = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        let failure = CredentialError(provider: "test", reason: "down")
        world.now = world.now.advanced(by: .seconds(51 * 60))
        for _ in 0..<3 {
            let waiting = Task { await ask(source) }
            await provider.end(.failure(failure))
            #expect((try? await waiting.value.get())?.accessKeyID == "A")
            await settle()
            world.now = world.now.advanced(by: .seconds(121))
        }
        #expect(told == [failure])
        #expect(source.problem == failure)
        world.now = world.now.advanced(by: .seconds(600))
        let over = Task { await ask(source) }
        await provider.end(.failure(failure))
        #expect(await over.value == .failure(failure))
    }

    @Test func nothingFoundIsAnErrorThatSaysWhereItWasSought() async {
        let source = source()
        let waiting = Task { await ask(source) }
        await provider.end(.success(nil))
        guard case .failure(let error) = await waiting.value else {
            Issue.record("found something")
            return
        }
        #expect(error.reason.contains("AWS_ACCESS_KEY_ID"))
    }

    @Test func credentialsThatHaveEndedAreRefusedUnlessTheyOutliveIt() async {
        let source = source()
        var ended = hour("E")
        ended.expiresAt = world.now
        let first = Task { await ask(source) }
        await provider.end(.success(ended))
        #expect((try? await first.value.get()) == nil)
        #expect((try? await ask(source).get()) == nil, "too soon to look again")
        #expect(provider.searches == 1)
        world.now = world.now.advanced(by: .seconds(2))
        ended.mayOutliveExpiry = true
        let second = Task { await ask(source) }
        await provider.end(.success(ended))
        #expect((try? await second.value.get())?.accessKeyID == "E")
        #expect(source.usable()?.accessKeyID == "E")
    }

    @Test func aRefusalForcesAFetchOnlyWhereThatCanHelp() async {
        let source = source()
        let first = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        #expect(!source.rejected(hour("A"), code: "AccessDeniedException"))
        #expect(source.usable()?.accessKeyID == "A")
        #expect(source.rejected(hour("A"), code: "ExpiredTokenException"))
        #expect(source.usable() == nil)
        let second = Task { await ask(source) }
        await provider.end(.success(hour("B")))
        #expect((try? await second.value.get())?.accessKeyID == "B")
    }

    @Test func aRefusalFetchesAtOnceAndTheNextOneWaits() async {
        let source = source()
        let first = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        source.accepted(hour("A"))
        #expect(source.rejected(hour("A"), code: "ExpiredTokenException"))
        await provider.search()
        #expect(provider.searches == 2)
        for _ in 0..<20 {
            #expect(source.rejected(hour("A"), code: "ExpiredTokenException"), "under way when the first was refused")
        }
        await provider.end(.success(hour("B")))
        await settle()
        #expect(source.usable()?.accessKeyID == "B")
        #expect(source.rejected(hour("A"), code: "ExpiredTokenException"), "late news of old ones")
        #expect(!source.rejected(hour("B"), code: "ExpiredTokenException"))
        #expect(source.usable()?.accessKeyID == "B", "a probe goes out with them")
        #expect(provider.searches == 2)
        world.now = world.now.advanced(by: .seconds(2))
        #expect(source.usable() == nil)
    }

    @Test func theEndOfTroubleIsToldOnceWhateverAProgramSaidMeanwhile() async {
        let source = source()
        var told: [String] = []
        source.onProblem = { told.append($0.description) }
        source.onRenewed = { told.append("renewed after \($0.components.seconds)") }
        let first = Task { await ask(source) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        world.now = world.now.advanced(by: .seconds(48 * 60))
        for number in 0..<3 {
            world.now = world.now.advanced(by: .seconds(121))
            #expect(source.usable() != nil)
            await provider.end(.failure(CredentialError(provider: "p", reason: "down", said: "at \(number) o'clock")))
            await settle()
            #expect(source.problem?.said == "at \(number) o'clock")
        }
        for id in ["B", "C"] {
            world.now = world.now.advanced(by: .seconds(121))
            _ = source.usable()
            await provider.end(.success(hour(id)))
            await settle()
            #expect(source.problem == nil)
            world.now = world.now.advanced(by: .seconds(3300))
        }
        #expect(told == ["p: down; its last line: at 0 o'clock", "renewed after 363"])
    }

    @Test func aSourceTakesAnothersPlaceWithItsKeysAndWithoutItsFetch() async {
        let old = source()
        let first = Task { await ask(old) }
        await provider.end(.success(hour("A")))
        _ = await first.value
        #expect(old.rejected(hour("A"), code: "AccessDenied") == false)
        old.accepted(hour("A"))
        world.now = world.now.advanced(by: .seconds(46 * 60))
        world.now = world.now.advanced(by: .seconds(240))
        _ = old.usable()
        await provider.search()
        var heard = 0
        old.onProblem = { _ in heard += 1 }
        let other = HeldProvider()
        let new = CredentialSource(provider: other, ports: world.ports)
        new.replace(old)
        await other.search()
        #expect(new.usable()?.accessKeyID == "A")
        await provider.end(.failure(CredentialError(provider: "p", reason: "late")))
        await other.end(.success(hour("B")))
        await settle()
        #expect(new.usable()?.accessKeyID == "B")
        #expect(heard == 0)
        #expect(old.problem == nil, "nothing is taken from a fetch that was given up")
    }

    @Test func changedFilesAreNoticed() async {
        world.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = A\naws_secret_access_key = s\n"
        let ports = world.ports
        let source = CredentialSource(
            provider: StandardCredentials(profile: nil, roleARN: nil, region: nil, ports: ports),
            ports: ports
        )
        #expect((try? await ask(source).get())?.accessKeyID == "A")
        world.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = B\naws_secret_access_key = s\n"
        world.now = world.now.advanced(by: .seconds(2))
        #expect((try? await ask(source).get())?.accessKeyID == "B")
        world.files["/home/.aws/credentials"] = "[defa"
        world.now = world.now.advanced(by: .seconds(2))
        #expect((try? await ask(source).get())?.accessKeyID == "B", "a half-written file takes nothing away")
        #expect(source.problem?.reason.contains("/home/.aws/credentials:1") == true)
        world.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = C\naws_secret_access_key = s\n"
        world.now = world.now.advanced(by: .seconds(2))
        #expect((try? await ask(source).get())?.accessKeyID == "C")
    }
}

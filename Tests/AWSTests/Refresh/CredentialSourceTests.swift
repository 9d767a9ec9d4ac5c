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
        world.now = world.now.advanced(by: .seconds(60))
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

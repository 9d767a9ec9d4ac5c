import ImportWatch
import TestSupport
import Testing

@testable import AWS

@Suite @MainActor struct CredentialSourceTests {
    /// A provider whose searches end when the test says so.
    private final class HeldProvider: CredentialProvider {
        private var held: [CheckedContinuation<Credentials?, Never>] = []

        func credentials() async throws(CredentialError) -> Credentials? {
            await withCheckedContinuation { held.append($0) }
        }

        func end(_ id: String) async {
            while held.isEmpty { await Task.yield() }
            held.removeFirst().resume(returning: Credentials(accessKeyID: id, secretAccessKey: "s", provider: "test"))
        }
    }

    private let world = TestWorld(["HOME": "/home"])

    private func search(_ source: CredentialSource) async -> CredentialFinding {
        await withCheckedContinuation { continuation in
            source.search { continuation.resume(returning: $0) }
        }
    }

    @Test func nothingComesOfASearchThatWasGivenUp() async {
        let provider = HeldProvider()
        let source = CredentialSource(provider: provider, ports: world.ports)
        var heard: [String] = []
        for _ in 0..<2 {
            source.search { heard.append((try? $0.credentials.get())?.accessKeyID ?? "none") }
            // Under way before it is replaced.
            await Task.yield()
        }
        await provider.end("A")
        await provider.end("B")
        for _ in 0..<20 { await Task.yield() }
        #expect(heard == ["B"])
        source.search { _ in heard.append("C") }
        source.abandon()
        await provider.end("C")
        for _ in 0..<20 { await Task.yield() }
        #expect(heard == ["B"])
    }

    @Test func changedFilesAreSeenAndHalfWrittenOnesTakeNothingAway() async {
        func file(_ id: String) -> String { "[default]\naws_access_key_id = \(id)\naws_secret_access_key = s\n" }
        let source = CredentialSource(
            provider: StandardCredentials(profile: nil, roleARN: nil, region: nil, ports: world.ports),
            ports: world.ports
        )
        var keeper = CredentialKeeper()
        var random = SeededGenerator(seed: 1)
        for (text, id) in [(file("A"), "A"), (file("B"), "B"), ("[defa", "B"), (file("C"), "C")] {
            world.files["/home/.aws/credentials"] = text
            world.now = world.now.advanced(by: .seconds(2))
            #expect(keeper.step(now: world.now, files: source.files) == .wait(searches: true))
            let finding = await search(source)
            let result = keeper.found(finding, now: world.now, using: &random).result
            #expect((try? result.get())?.accessKeyID == id)
            #expect((keeper.problem?.reason.contains("/home/.aws/credentials:1") == true) == (text == "[defa"))
        }
    }

    @Test func whoeverAsksOnceIsAnsweredWhatIsGood() async {
        world.variables = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]
        let provider = StandardCredentials(profile: nil, roleARN: nil, region: nil, ports: world.ports)
        let found = await CredentialSource(provider: provider, ports: world.ports).credentials()
        #expect((try? found.get())?.accessKeyID == "A")
    }
}

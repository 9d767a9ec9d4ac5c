import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct ProcessCredentialsTests {
    private func world(_ output: Result<String, ProcessError>) -> TestWorld {
        let world = TestWorld(
            ["HOME": "/home"],
            files: ["/home/.aws/config": "[profile p]\ncredential_process = /opt/tool --for \"two words\"\n"]
        )
        world.processes.output = output
        return world
    }

    @Test func readsWhatTheProgramPrints() async throws {
        let world = world(
            .success(
                #"{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-18T12:00:00+00:00"}"#
            )
        )
        let found = try await world.credentials(profile: "p")
        #expect(found?.accessKeyID == "P")
        #expect(found?.sessionToken == "t")
        #expect(found?.expiresAt?.rfc3339 == "2026-11-18T12:00:00.000Z")
        #expect(world.processes.runs == [["/opt/tool", "--for", "two words"]])
    }

    @Test func keysForEverNeedNoExpiration() async throws {
        let world = world(.success(#"{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s"}"#))
        #expect(try await world.credentials(profile: "p")?.expiresAt == nil)
    }

    @Test(arguments: [
        ("", "can't be read"), ("secret!", "can't be read"), ("[]", "no JSON object"),
        (#"{"Version":2,"AccessKeyId":"P","SecretAccessKey":"s"}"#, "Version 1"),
        (#"{"AccessKeyId":"P","SecretAccessKey":"s"}"#, "Version 1"),
        (#"{"Version":1,"SecretAccessKey":"s"}"#, "no AccessKeyId"),
    ])
    func outputThatMakesNoSenseIsAnErrorThatDoesNotShowIt(output: String, words: String) async throws {
        let error = try await world(.success(output)).failure(profile: "p")
        #expect(error.provider == "credential_process of profile p")
        #expect(error.reason.contains(words))
        #expect(!error.reason.contains("secret!"))
    }

    @Test func failuresOfTheProgramAreTold() async throws {
        let error = try await world(.failure(.timeout(program: "tool", limit: .seconds(60)))).failure(profile: "p")
        #expect(error.reason == "tool did not end within 60 s")
    }

    @Test func theLastLineOfAProgramIsToldInOneShortLineWithoutSecrets() async throws {
        let said = "no token\u{1B}[2J aws_secret_access_key=hidden " + String(repeating: "x", count: 5000)
        let error = try await world(.failure(.failed(program: "tool", status: 3, said: said))).failure(profile: "p")
        #expect(error.description.contains("tool ended with status 3; its last line: no token"), "\(error)")
        #expect(!error.description.contains("hidden") && !error.description.contains("\u{1B}"))
        #expect(error.description.utf8.count < 400)
    }

    @Test(arguments: [
        ("tool", ["tool"]), ("  tool\t a  b ", ["tool", "a", "b"]),
        (#"tool "a b" 'c d' e\ f"#, ["tool", "a b", "c d", "e f"]),
        (#"tool "a\"b\\c\d" 'e\f' """#, ["tool", "a\"b\\c\\d", "e\\f", ""]), ("tool a'b'\"c\"", ["tool", "abc"]),
        (#""/opt/my tools/t" --x=1"#, ["/opt/my tools/t", "--x=1"]), ("tool 'a;b|c$d'", ["tool", "a;b|c$d"]),
        ("tool | jq .", ["/bin/sh", "-c", "tool | jq ."]), ("tool $HOME", ["/bin/sh", "-c", "tool $HOME"]),
        ("tool \"$HOME\"", ["/bin/sh", "-c", "tool \"$HOME\""]), ("~/tool", ["/bin/sh", "-c", "~/tool"]),
        ("A=1 tool", ["/bin/sh", "-c", "A=1 tool"]), ("tool a~b x#y", ["tool", "a~b", "x#y"]),
    ])
    func aShellIsUsedOnlyWhereTheCommandNeedsOne(command: String, arguments: [String]) {
        #expect(CommandLine.arguments(of: command) == arguments)
    }

    @Test(arguments: ["", "   ", "tool 'a", "tool \"a", "tool a\\"])
    func commandsWithoutAnEndAreRefused(_ command: String) {
        #expect(CommandLine.arguments(of: command) == nil)
    }
}

import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct ContainerCredentialsTests {
    private let document = """
        {"AccessKeyId":"C","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-18T12:00:00Z","RoleArn":"x"}
        """

    @Test func asksTheAgentAtItsRelativePath() async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/abc"])
        world.transport.answer(document)
        let found = try await world.credentials()
        #expect(found?.accessKeyID == "C")
        #expect(found?.sessionToken == "t")
        #expect(found?.expiresAt?.rfc3339 == "2026-11-18T12:00:00.000Z")
        let request = try #require(world.transport.requests.first)
        #expect(request.url == "http://169.254.170.2/v2/credentials/abc")
        #expect(request.proxy == .none)
        #expect(request.header("authorization") == nil)
    }

    @Test(arguments: [
        "https://example.com/creds", "http://127.0.0.1/creds", "http://127.9.8.7:80/creds", "http://[::1]/creds",
        "http://localhost:8080/creds", "http://169.254.170.2/creds", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "HTTP://LOCALHOST/creds",
    ])
    func takesSafeFullAddresses(_ url: String) async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        world.transport.answer(document)
        #expect(try await world.credentials()?.accessKeyID == "C")
        #expect(world.transport.requests.map(\.url) == [url])
    }

    @Test(arguments: [
        "http://example.com/creds", "http://169.254.170.24/creds", "http://127.0.0.1.evil.com/", "ftp://127.0.0.1/",
        "http://127.0.0.1@evil.com/", "http://192.168.1.1/", "http://[::2]/", "http:///x", "127.0.0.1/creds",
        "http://127.0.0.1\\@evil.com/", "http://localhost.evil.com/", "http://127.0.0/", "http://127.0.0.256/",
        "http://localhost/a b",
    ])
    func refusesOtherFullAddresses(_ url: String) async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        let error = try await world.failure()
        #expect(error.provider == "container")
        #expect(world.transport.requests.isEmpty)
    }

    @Test func anAgentOverTLSIsTrustedByTheBundleThatIsNamed() async throws {
        let world = TestWorld([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://agent.example/c", "AWS_CA_BUNDLE": "/etc/ca.pem",
        ])
        world.transport.answer(document)
        _ = try await world.credentials()
        #expect(world.transport.requests[0].tls.certificateAuthorities == "/etc/ca.pem")
    }

    @Test(arguments: ["1795003600", "1795003600.0", "\"1795003600\"", "\"2026-11-18T12:06:40Z\""])
    func theEndMayBeANumberOfSeconds(_ expiration: String) async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r"])
        world.transport.answer(#"{"AccessKeyId":"C","SecretAccessKey":"s","Token":"t","Expiration":\#(expiration)}"#)
        #expect(try await world.credentials()?.expiresAt == WallTime(secondsSinceEpoch: Int64(1_795_003_600)))
    }

    @Test(arguments: ["true", "[]", "1e300", "\"17950036OO\""])
    func anEndThatIsNoTimeIsAnErrorAndNotForEver(_ expiration: String) async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r"])
        world.transport.answer(#"{"AccessKeyId":"C","SecretAccessKey":"s","Expiration":\#(expiration)}"#)
        #expect(try await world.failure().reason.contains("Expiration"))
    }

    @Test func aTokenWithALineBreakIsRefused() async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r"])
        world.transport.answer(#"{"AccessKeyId":"C","SecretAccessKey":"s","Token":"t\r\nX-Evil: 1"}"#)
        #expect(try await world.failure().reason.contains("session token has a blank, a line break"))
    }

    @Test func theRelativePathBeatsTheFullAddress() async throws {
        let world = TestWorld([
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://example.com",
        ])
        world.transport.answer(document)
        _ = try await world.credentials()
        #expect(world.transport.requests.map(\.url) == ["http://169.254.170.2/r"])
    }

    @Test func aRelativePathMustBeOne() async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.com/x"])
        #expect(try await world.failure().reason.contains("begins with /"))
    }

    @Test func theTokenFileIsReadEachTimeAndBeatsTheVariable() async throws {
        let world = TestWorld([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "variable",
        ])
        world.transport.answer(document)
        _ = try await world.credentials()
        world.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token"
        for token in ["one", "Bearer two"] {
            world.files["/token"] = token
            world.transport.answer(document)
            _ = try await world.credentials()
        }
        #expect(world.transport.requests.map { $0.header("authorization") } == ["variable", "one", "Bearer two"])
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\n", "a\rb", "a\0"])
    func lineBreaksInTheTokenAreRefused(_ token: String) async throws {
        let world = TestWorld(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
            ],
            files: ["/token": token]
        )
        let error = try await world.failure()
        #expect(error.reason.contains("one line"))
        #expect(!error.reason.contains("Evil"))
        #expect(world.transport.requests.isEmpty)
    }

    @Test(arguments: [
        "", "<html>", "[]", "{}", #"{"AccessKeyId":"C"}"#, #"{"AccessKeyId":"C","SecretAccessKey":""}"#,
        #"{"AccessKeyId":"C","SecretAccessKey":"s","Expiration":"soon"}"#, #"{"AccessKeyId":1,"SecretAccessKey":"s"}"#,
    ])
    func answersThatMakeNoSenseAreErrors(_ body: String) async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r"])
        world.transport.answer(body)
        #expect(try await world.failure().provider == "container")
    }

    @Test func troubleIsTriedAgainAndThenTold() async throws {
        let world = TestWorld(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/r"])
        world.transport.answer("", status: 500)
        world.transport.answer(document)
        #expect(try await world.credentials()?.accessKeyID == "C")
        world.transport.answer(#"{"code":"AccessDenied","message":"no role"}"#, status: 403)
        #expect(try await world.failure().reason.contains("AccessDenied: no role"))
    }
}

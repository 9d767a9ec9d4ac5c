import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct InstanceMetadataTests {
    private let document = """
        {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"I","SecretAccessKey":"s","Token":"t",
        "LastUpdated":"2026-11-18T06:00:00Z","Expiration":"2026-11-18T12:00:00Z"}
        """

    private func required(_ variables: [String: String] = [:]) -> TestWorld {
        TestWorld(
            variables.merging(["HOME": "/home"]) { $1 },
            files: [
                "/home/.aws/config": """
                [profile i]
                role_arn = arn:r
                credential_source = Ec2InstanceMetadata
                """
            ]
        )
    }

    @Test func asksForTokenRoleAndCredentials() async throws {
        let world = TestWorld()
        world.transport.answer("TOKEN==")
        world.transport.answer("my-role\n")
        world.transport.answer(document)
        let found = try #require(try await world.credentials())
        #expect(found.accessKeyID == "I")
        #expect(found.mayOutliveExpiry)
        let requests = world.transport.requests
        let roles = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
        #expect(requests.map(\.url) == ["http://169.254.169.254/latest/api/token", roles, roles + "my-role"])
        #expect(requests.map(\.method) == [.put, .get, .get])
        #expect(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(requests[1].header("x-aws-ec2-metadata-token") == "TOKEN==")
        #expect(requests[2].header("x-aws-ec2-metadata-token") == "TOKEN==")
        for request in requests {
            #expect(request.proxy == .none)
            #expect(request.timeout == .seconds(1))
            #expect(request.connectTimeout == .seconds(1))
        }
    }

    @Test func isAskedOnceAndLeftAloneAwayFromEC2() async throws {
        let world = TestWorld()
        #expect(try await world.credentials() == nil)
        #expect(world.transport.requests.count == 1)
    }

    @Test(arguments: [500, 503]) func aTokenServiceInTroubleIsAskedAgain(status: Int) async throws {
        let world = TestWorld()
        world.transport.answer("", status: status)
        world.transport.answer("", status: status)
        world.transport.answer("TOKEN")
        world.transport.answer("my-role")
        world.transport.answer(document)
        #expect(try await world.credentials()?.accessKeyID == "I")
        #expect(world.waits.count == 2)
    }

    @Test func silenceAfterAnAnswerIsAnErrorAndNotAnotherMachine() async throws {
        let world = TestWorld()
        world.transport.answer("", status: 500)
        #expect(try await world.failure().reason.contains("no session token"))
        #expect(world.transport.requests.count == 2, "silence isn't asked again")
    }

    @Test func isNotAskedWhereItIsDisabled() async throws {
        let world = TestWorld(["AWS_EC2_METADATA_DISABLED": "TRUE"])
        #expect(try await world.credentials() == nil)
        #expect(world.transport.requests.isEmpty)
        let named = required(["AWS_EC2_METADATA_DISABLED": "true"])
        #expect(try await named.failure(profile: "i").reason.contains("AWS_EC2_METADATA_DISABLED"))
    }

    @Test(arguments: [
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1338/"], "http://127.0.0.1:1338"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "http://[fd00:ec2::254]"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], "http://169.254.169.254"),
        (
            [
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://a:1", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6",
            ], "http://a:1"
        ),
    ])
    func theAddressCanBeSet(variables: [String: String], base: String) async throws {
        let world = TestWorld(variables)
        _ = try await world.credentials()
        #expect(world.transport.requests.map(\.url) == [base + "/latest/api/token"])
    }

    @Test func theProfileCanSetItToo() async throws {
        let world = TestWorld(
            ["HOME": "/home"],
            files: ["/home/.aws/config": "[default]\nec2_metadata_service_endpoint_mode = IPv6\n"]
        )
        _ = try await world.credentials()
        #expect(world.transport.requests.map(\.url) == ["http://[fd00:ec2::254]/latest/api/token"])
    }

    @Test func badAddressesAreErrors() async throws {
        #expect(
            try await TestWorld(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"]).failure().reason.contains("IPv4 or")
        )
        #expect(
            try await TestWorld(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere"]).failure().reason.contains("address")
        )
    }

    @Test func anInstanceWithoutARoleHasNone() async throws {
        let world = TestWorld()
        world.transport.answer("TOKEN")
        world.transport.answer("", status: 404)
        #expect(try await world.credentials() == nil)
        let named = required()
        named.transport.answer("TOKEN")
        named.transport.answer("", status: 404)
        #expect(try await named.failure(profile: "i").reason.contains("no role"))
    }

    @Test(arguments: [
        ["<html>\n</html>"], ["TOKEN", "<html>sign in</html>"], ["TOKEN", "../../x"], ["TOKEN", ""],
        ["TOKEN", "role", "<html>"], ["TOKEN", "role", #"{"Code":"AssumeRoleUnauthorizedAccess"}"#],
        ["TOKEN", "role", "{}"], ["T\r\nX: y"],
    ])
    func answersThatMakeNoSenseAreErrors(_ answers: [String]) async throws {
        let world = TestWorld()
        for answer in answers { world.transport.answer(answer) }
        let error = try await world.failure()
        #expect(error.provider == "instance metadata")
        #expect(world.transport.requests.count == answers.count)
    }

    @Test func whereItIsNamedItIsAskedUpToThreeTimes() async throws {
        let world = required()
        let error = try await world.failure(profile: "i")
        #expect(error.reason.contains("no session token"))
        #expect(world.transport.requests.count == 3)
        #expect(world.waits == [.milliseconds(50), .milliseconds(100)])
    }
}

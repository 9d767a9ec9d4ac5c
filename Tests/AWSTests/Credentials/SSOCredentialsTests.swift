import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct SSOCredentialsTests {
    private static let config = """
        [profile s]
        sso_session = corp
        sso_account_id = 123
        sso_role_name = Read Only
        [sso-session corp]
        sso_region = eu-central-1
        sso_start_url = https://corp.awsapps.com/start
        [profile old]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-central-1
        sso_account_id = 123
        sso_role_name = r
        [profile half]
        sso_session = corp
        """
    /// The SHA-1 of the names.
    private static let hashes = [
        "corp": "ee0bfd2552fbd840c02cc48b6e823320543c450f",
        "https://corp.awsapps.com/start": "a51746d4aa793ae07b25e90c3a5db96fc7832bd7",
    ]
    private static let answer = """
        {"roleCredentials":{"accessKeyId":"S","secretAccessKey":"s","sessionToken":"t","expiration":1795003600000}}
        """

    private func world(cached: String?, at path: String? = nil) -> TestWorld {
        let world = TestWorld(["HOME": "/home"], files: ["/home/.aws/config": Self.config])
        world.files[path ?? Self.file(of: "corp")] = cached
        return world
    }

    private static func file(of name: String) -> String {
        "/home/.aws/sso/cache/\(hashes[name] ?? "").json"
    }

    private func token(_ expiresAt: String) -> String {
        #"{"accessToken":"TOKEN","expiresAt":"\#(expiresAt)","region":"eu-central-1"}"#
    }

    @Test func exchangesTheCachedToken() async throws {
        let world = world(cached: token("2026-11-18T20:00:00Z"))
        world.transport.answer(Self.answer)
        let found = try await world.credentials(profile: "s")
        #expect(found?.accessKeyID == "S")
        #expect(found?.expiresAt == WallTime(secondsSinceEpoch: Int64(1_795_003_600)))
        let request = try #require(world.transport.requests.first)
        #expect(
            request.url
                == "https://portal.sso.eu-central-1.amazonaws.com/federation/credentials"
                + "?role_name=Read%20Only&account_id=123"
        )
        #expect(request.header("x-amz-sso_bearer_token") == "TOKEN")
        #expect(request.header("authorization") == nil)
    }

    @Test func legacyProfilesCacheUnderTheStartURL() async throws {
        let world = world(
            cached: token("2026-11-18T20:00:00UTC"),
            at: Self.file(of: "https://corp.awsapps.com/start")
        )
        world.transport.answer(Self.answer)
        #expect(try await world.credentials(profile: "old")?.accessKeyID == "S")
    }

    @Test func expiredAndMissingTokensSayWhatToRun() async throws {
        let expired = try await world(cached: token("2026-11-18T11:06:40Z")).failure(profile: "s")
        #expect(expired.reason.contains("run: aws sso login --sso-session corp"))
        let missing = try await world(cached: nil).failure(profile: "old")
        #expect(missing.reason.contains("run: aws sso login --profile old"))
        let world = world(cached: token("2026-11-18T20:00:00Z"))
        world.transport.answer(#"{"message":"Session token not found or invalid"}"#, status: 401)
        let refused = try await world.failure(profile: "s")
        #expect(refused.reason.contains("run: aws sso login --sso-session corp"))
        #expect(!refused.reason.contains("TOKEN"))
    }

    @Test(arguments: ["", "{}", #"{"accessToken":"A"}"#, #"{"accessToken":"A","expiresAt":"soon"}"#, "[]"])
    func badCachesAreNamed(_ cached: String) async throws {
        let error = try await world(cached: cached).failure(profile: "s")
        #expect(error.reason.contains(Self.file(of: "corp")))
    }

    @Test func aTokenWithALineBreakIsRefused() async throws {
        let cached = #"{"accessToken":"A\r\nX: y","expiresAt":"2026-11-18T20:00:00Z"}"#
        #expect(try await world(cached: cached).failure(profile: "s").reason.contains("bad accessToken"))
    }

    @Test func theProfileNeedsAccountAndRole() async throws {
        let error = try await world(cached: nil).failure(profile: "half")
        #expect(error.reason.contains("sso_account_id and sso_role_name"))
    }

    @Test(arguments: ["{}", "<html>", #"{"roleCredentials":{"accessKeyId":"S"}}"#])
    func answersThatMakeNoSenseAreErrors(_ body: String) async throws {
        let world = world(cached: token("2026-11-18T20:00:00Z"))
        world.transport.answer(body)
        #expect(try await world.failure(profile: "s").provider == "IAM Identity Center (profile s)")
    }
}

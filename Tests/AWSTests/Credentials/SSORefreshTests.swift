import ImportWatch
import JSON
import Testing

@testable import AWS

/// The access token of IAM Identity Center, refreshed and written as the SDKs do.
@Suite @MainActor struct SSORefreshTests {
    private static let path = "/home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    private static let config = """
        [profile s]
        sso_session = corp
        sso_account_id = 123
        sso_role_name = r
        [sso-session corp]
        sso_region = eu-central-1
        sso_start_url = https://corp.awsapps.com/start
        """
    private static let role = """
        {"roleCredentials":{"accessKeyId":"S","secretAccessKey":"s","sessionToken":"t","expiration":1795003600000}}
        """
    private static let renewed =
        #"{"accessToken":"NEW","expiresIn":3600,"refreshToken":"R2","tokenType":"Bearer"}"#

    /// A world at 2026-11-18T11:06:40Z whose token ends so many seconds later.
    private func world(endsIn seconds: Int64, registration: String = "2027-01-01T00:00:00Z") -> TestWorld {
        let world = TestWorld(["HOME": "/home"], files: ["/home/.aws/config": Self.config])
        world.files[Self.path] = Self.cache(
            "OLD",
            "R1",
            end: world.now.advanced(by: .seconds(seconds)).rfc3339,
            registration: registration
        )
        return world
    }

    private static func cache(_ token: String, _ refresh: String, end: String, registration: String) -> String {
        """
        {"startUrl":"https://corp.awsapps.com/start","region":"eu-central-1","accessToken":"\(token)",
        "expiresAt":"\(end)","clientId":"C","clientSecret":"CS","registrationExpiresAt":"\(registration)",
        "refreshToken":"\(refresh)","added":{"by":["others",1,null]}}
        """
    }

    private func bearers(_ world: TestWorld) -> [String?] {
        world.transport.requests.map { $0.header("x-amz-sso_bearer_token") }
    }

    @Test func aTokenIsRefreshedFiveMinutesBeforeItsEndAndWrittenWithAllThatStoodThere() async throws {
        let world = world(endsIn: 299)
        world.transport.answer(Self.renewed)
        world.transport.answer(Self.role)
        #expect(try await world.credentials(profile: "s")?.accessKeyID == "S")
        let request = try #require(world.transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://oidc.eu-central-1.amazonaws.com/token")
        #expect(request.header("content-type") == "application/json")
        #expect(
            try JSONValue(decoding: request.body) == [
                "clientId": "C", "clientSecret": "CS", "grantType": "refresh_token", "refreshToken": "R1",
            ]
        )
        #expect(bearers(world) == [nil, "NEW"])
        let written = try JSONValue(decoding: Array((world.files[Self.path] ?? "").utf8))
        #expect(written["accessToken"]?.string == "NEW")
        #expect(written["refreshToken"]?.string == "R2")
        #expect(written["expiresAt"]?.string == "2026-11-18T12:06:40Z")
        #expect(written["added"]?["by"]?.array?.count == 3)
        #expect(written["clientSecret"]?.string == "CS")
        #expect(written["registrationExpiresAt"]?.string == "2027-01-01T00:00:00Z")
    }

    @Test func aTokenWithMoreTimeIsUsedAsItIs() async throws {
        let world = world(endsIn: 301)
        world.transport.answer(Self.role)
        _ = try await world.credentials(profile: "s")
        #expect(bearers(world) == ["OLD"])
    }

    @Test func withoutANewRefreshTokenTheOldOneGoesOn() async throws {
        let world = world(endsIn: -10)
        world.transport.answer(#"{"accessToken":"NEW","expiresIn":3600}"#)
        world.transport.answer(Self.role)
        _ = try await world.credentials(profile: "s")
        #expect(world.files[Self.path]?.contains(#""refreshToken":"R1""#) == true)
    }

    @Test func aFailedRefreshIsToleratedWhileTheTokenIsGoodAndNotRepeatedForHalfAMinute() async throws {
        let world = world(endsIn: 200)
        world.transport.answer(#"{"error":"slow_down"}"#, status: 400)
        for _ in 0..<3 {
            world.transport.answer(Self.role)
            #expect(try await world.credentials(profile: "s")?.accessKeyID == "S")
        }
        #expect(bearers(world) == [nil, "OLD", "OLD", "OLD"])
        world.now = world.now.advanced(by: .seconds(30))
        world.transport.answer(Self.renewed)
        world.transport.answer(Self.role)
        _ = try await world.credentials(profile: "s")
        #expect(bearers(world).suffix(2) == [nil, "NEW"])
    }

    @Test(arguments: [
        (
            #"{"error":"invalid_grant","error_description":"no R1"}"#, 400,
            "the session has ended (invalid_grant); run: aws"
        ),
        (#"{"error":"expired_token"}"#, 400, "the session has ended"), (#"{"error":"odd"}"#, 400, "not refreshed: odd"),
        ("<html>", 200, "no accessToken"), ("{}", 200, "no accessToken"),
        (#"{"accessToken":"a\r\nb","expiresIn":3600}"#, 200, "no accessToken"),
        (#"{"accessToken":"a","expiresIn":-1}"#, 200, "no accessToken"), ("", 500, "not refreshed"),
    ])
    func afterTheEndARefusalSaysWhatToDo(body: String, status: Int, words: String) async throws {
        let world = world(endsIn: -1)
        for _ in 0..<3 { world.transport.answer(body, status: status) }
        let error = try await world.failure(profile: "s")
        #expect(error.reason.contains(words), "\(error)")
        for secret in ["OLD", "R1", "CS"] where status != 400 || !body.contains(secret) {
            #expect(!error.reason.contains(secret))
        }
        #expect(world.files[Self.path]?.contains("OLD") == true)
    }

    @Test func anEndedRegistrationMeansSigningInAnew() async throws {
        let world = world(endsIn: -1, registration: "2026-11-18T11:06:00Z")
        #expect(try await world.failure(profile: "s").reason.contains("run: aws sso login --sso-session corp"))
        #expect(world.transport.requests.isEmpty)
    }

    @Test func whatAnotherProcessWroteMeanwhileIsUsed() async throws {
        let world = world(endsIn: -1)
        // The other's refresh makes ours fail, since a refresh token is good for one.
        world.transport.onRequest = { request in
            guard request.method == .post else { return }
            world.files[Self.path] = Self.cache(
                "THEIRS",
                "R9",
                end: "2026-11-18T12:00:00Z",
                registration: "2027-01-01T00:00:00Z"
            )
        }
        world.transport.answer(#"{"error":"invalid_grant"}"#, status: 400)
        world.transport.answer(Self.role)
        #expect(try await world.credentials(profile: "s")?.accessKeyID == "S")
        #expect(bearers(world) == [nil, "THEIRS"])
        #expect(world.files[Self.path]?.contains("THEIRS") == true)
    }

    @Test func manySourcesRefreshOnce() async throws {
        let world = world(endsIn: 10)
        let ports = world.ports
        world.transport.answer(Self.renewed)
        for _ in 0..<10 { world.transport.answer(Self.role) }
        let searches = (0..<10).map { _ in
            Task {
                try await StandardCredentials(profile: "s", roleARN: nil, region: "eu-west-1", ports: ports)
                    .credentials()?.accessKeyID
            }
        }
        for search in searches { #expect(try await search.value == "S") }
        #expect(bearers(world).filter { $0 == nil }.count == 1)
        #expect(bearers(world).filter { $0 == "NEW" }.count == 10)
    }

    @Test func whereNothingCanBeWrittenMemoryHoldsTheTokenAndThatIsToldOnce() async throws {
        let world = world(endsIn: 10)
        world.files.setReadOnly(true)
        for number in 1...3 {
            world.transport.answer(
                #"{"accessToken":"NEW\#(number)","expiresIn":3600,"refreshToken":"R\#(number + 1)"}"#
            )
            for _ in 0..<2 {
                world.transport.answer(Self.role)
                _ = try await world.credentials(profile: "s")
            }
            #expect(bearers(world).suffix(3) == [nil, "NEW\(number)", "NEW\(number)"])
            #expect(
                world.transport.requests.filter { $0.method == .post }.last?.bodyText.contains("R\(number)") == true
            )
            let notice = world.ssoTokens.takeNotice()
            #expect((notice != nil) == (number == 1))
            if let notice {
                #expect(notice.contains("kept in memory only") && notice.contains("read-only"), "\(notice)")
                #expect(!notice.contains("NEW1") && !notice.contains("R2"))
            }
            world.now = world.now.advanced(by: .seconds(3600))
        }
        // Whoever signs in anew is heard.
        world.files[Self.path] = Self.cache(
            "LOGIN",
            "R0",
            end: "2026-11-18T20:00:00Z",
            registration: "2027-01-01T00:00:00Z"
        )
        world.transport.answer(Self.role)
        _ = try await world.credentials(profile: "s")
        #expect(bearers(world).last == "LOGIN")
        world.files[Self.path] = nil
        #expect(try await world.failure(profile: "s").reason.contains("nobody is signed in"))
    }

    @Test func theEndpointCanBeSet() async throws {
        let world = world(endsIn: 10)
        world.variables["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://127.0.0.1:9/oidc"
        world.transport.answer(Self.renewed)
        world.transport.answer(Self.role)
        _ = try await world.credentials(profile: "s")
        #expect(world.transport.requests.map(\.url)[0] == "http://127.0.0.1:9/oidc/token")
        #expect(world.transport.requests[1].url.hasPrefix("https://portal.sso.eu-central-1.amazonaws.com/"))
    }
}

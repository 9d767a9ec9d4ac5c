import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct AssumeRoleTests {
    private func answer(_ action: String, id: String, expiration: String = "2026-11-18T12:06:40Z") -> String {
        """
        <?xml version="1.0"?>
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <\(action)Result><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials>
            <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>se/c&amp;r+et</SecretAccessKey>
            <SessionToken>tok</SessionToken><Expiration>\(expiration)</Expiration>
          </Credentials></\(action)Result>
          <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    private let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s0", "HOME": "/home"]
    private let chained = """
        [profile a]
        role_arn = arn:aws:iam::1:role/A
        source_profile = b
        external_id = x y
        duration_seconds = 900
        [profile b]
        role_arn = arn:aws:iam::1:role/B
        role_session_name = bee
        credential_source = Environment
        """

    @Test func followsAChainOfRoles() async throws {
        let world = TestWorld(keys, files: ["/home/.aws/config": chained])
        world.transport.answer(answer("AssumeRole", id: "B"))
        world.transport.answer(answer("AssumeRole", id: "A"))
        let found = try await world.credentials(profile: "a")
        #expect(found?.accessKeyID == "A")
        #expect(found?.secretAccessKey == "se/c&r+et")
        #expect(found?.sessionToken == "tok")
        #expect(found?.expiresAt?.rfc3339 == "2026-11-18T12:06:40.000Z")
        #expect(found?.provider.contains("role arn:aws:iam::1:role/A") == true)

        let requests = world.transport.requests
        #expect(
            requests.map(\.url) == ["https://sts.eu-west-1.amazonaws.com/", "https://sts.eu-west-1.amazonaws.com/"]
        )
        #expect(
            requests[0].bodyText
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FB&RoleSessionName=bee"
        )
        #expect(requests[1].bodyText.hasSuffix("&RoleSessionName=importwatchd&ExternalId=x%20y&DurationSeconds=900"))
        #expect(requests[0].header("authorization")?.contains("Credential=ENV/20261118/eu-west-1/sts/") == true)
        #expect(requests[1].header("authorization")?.contains("Credential=B/20261118/eu-west-1/sts/") == true)
        #expect(requests[1].header("x-amz-security-token") == "tok")
    }

    @Test func aRoleOfOursIsAssumedOnTop() async throws {
        let world = TestWorld(keys)
        world.transport.answer(answer("AssumeRole", id: "TOP"))
        #expect(try await world.credentials(roleARN: "arn:aws:iam::1:role/T")?.accessKeyID == "TOP")
    }

    @Test func everyAttemptIsSignedAnew() async throws {
        let world = TestWorld(keys)
        world.transport.answer("", status: 500)
        world.transport.answer("", status: 503)
        world.transport.answer(answer("AssumeRole", id: "T"))
        let dates = [world.now.basicISO8601]
        #expect(try await world.credentials(roleARN: "arn:aws:iam::1:role/T")?.accessKeyID == "T")
        #expect(world.waits == [.milliseconds(50), .seconds(2)])
        #expect(world.transport.requests.count == 3)
        #expect(world.transport.requests[0].header("x-amz-date") == dates[0])
    }

    /// The service is two hours ahead: its Date is learnt, and what it says of the end is held against our clock.
    @Test func aWrongClockIsCorrectedAtOnce() async throws {
        let world = TestWorld(keys)
        let theirs = world.now.advanced(by: .seconds(7200))
        world.transport.answer(
            "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error>"
                + "</ErrorResponse>",
            status: 403,
            headers: ["Date": "Wed, 18 Nov 2026 13:06:40 GMT"]
        )
        let end = theirs.advanced(by: .seconds(3600))
        world.transport.answer(answer("AssumeRole", id: "T", expiration: end.rfc3339))
        let found = try await world.credentials(roleARN: "arn:aws:iam::1:role/T")
        #expect(found?.expiresAt == world.now.advanced(by: .seconds(3600)))
        #expect(
            world.transport.requests.map { $0.header("x-amz-date") }
                == [world.now.basicISO8601, theirs.basicISO8601]
        )
        #expect(world.waits.isEmpty)
    }

    @Test func aClockIsCorrectedOnceInACall() async throws {
        let world = TestWorld(keys)
        for hour in ["13", "16", "20"] {
            world.transport.answer(
                "<ErrorResponse><Error><Code>RequestExpired</Code></Error></ErrorResponse>",
                status: 400,
                headers: ["Date": "Wed, 18 Nov 2026 \(hour):06:40 GMT"]
            )
        }
        let error = try await world.failure(roleARN: "arn:aws:iam::1:role/T")
        #expect(error.description.contains("RequestExpired"))
        #expect(world.transport.requests.count == 2)
    }

    @Test func refusalsSayWhatSTSSaid() async throws {
        let world = TestWorld(keys)
        world.transport.answer(
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User may not assume "
                + "AKIAIOSFODNN7EXAMPLE</Message></Error><RequestId>r</RequestId></ErrorResponse>",
            status: 403
        )
        let error = try await world.failure(roleARN: "arn:aws:iam::1:role/T")
        #expect(error.description.contains("AccessDenied: User may not assume"))
        #expect(!error.description.contains("AKIAIOSFODNN7EXAMPLE"))
        #expect(world.transport.requests.count == 1, "a refusal isn't tried again")
    }

    @Test(arguments: [
        "", "<html>hello</html>", "{}", "<AssumeRoleResponse>", "<!DOCTYPE x><AssumeRoleResponse/>",
        "<AssumeRoleResponse><AssumeRoleResult><Credentials/></AssumeRoleResult></AssumeRoleResponse>",
    ])
    func unreadableAnswersAreErrors(_ body: String) async throws {
        let world = TestWorld(keys)
        world.transport.answer(body)
        let error = try await world.failure(roleARN: "arn:aws:iam::1:role/T")
        #expect(error.description.contains("can't be read"))
    }

    @Test func withoutARegionTheGlobalEndpointIsAsked() async throws {
        let world = TestWorld(keys)
        world.transport.answer(answer("AssumeRole", id: "T"))
        _ = try await world.credentials(roleARN: "arn:aws:iam::1:role/T", region: nil)
        #expect(world.transport.requests[0].url == "https://sts.amazonaws.com/")
        #expect(world.transport.requests[0].header("authorization")?.contains("/us-east-1/sts/") == true)
    }

    @Test func webIdentityIsUnsignedAndReadsTheTokenEachTime() async throws {
        let world = TestWorld(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token", "AWS_ROLE_ARN": "arn:r", "AWS_ROLE_SESSION_NAME": "pod",
            ],
            files: ["/var/token": "first\n"]
        )
        for (token, id) in [("first", "W1"), ("second", "W2")] {
            world.files["/var/token"] = token + "\n"
            world.transport.answer(answer("AssumeRoleWithWebIdentity", id: id))
            #expect(try await world.credentials()?.accessKeyID == id)
            let request = try #require(world.transport.requests.last)
            #expect(request.header("authorization") == nil)
            #expect(request.bodyText.contains("&RoleSessionName=pod&WebIdentityToken=\(token)"))
        }
    }

    @Test func anIdentityProviderThatSTSDoesNotReachIsAskedAgain() async throws {
        let world = TestWorld(
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token", "AWS_ROLE_ARN": "arn:r"],
            files: ["/var/token": "t"]
        )
        world.transport.answer(
            "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>",
            status: 400
        )
        world.transport.answer(answer("AssumeRoleWithWebIdentity", id: "W"))
        #expect(try await world.credentials()?.accessKeyID == "W")
    }

    @Test func webIdentityNeedsItsRoleAndItsFile() async throws {
        let world = TestWorld(["AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token"])
        #expect(try await world.failure().description.contains("AWS_ROLE_ARN is not"))
        world.variables["AWS_ROLE_ARN"] = "arn:r"
        #expect(try await world.failure().description.contains("/var/token: no such file"))
        world.files["/var/token"] = " \n"
        #expect(try await world.failure().description.contains("is empty"))
    }

    @Test(arguments: [
        ("role_arn = a\ncredential_source = Moon", "credential_source must be"),
        ("role_arn = a\nsource_profile = default\nmfa_serial = m", "mfa_serial"),
        ("role_arn = a\nsource_profile = default\nduration_seconds = 12", "900 to 43200"),
    ])
    func profilesThatMakeNoSenseAreNamed(values: String, words: String) async throws {
        let world = TestWorld(keys, files: ["/home/.aws/config": "[default]\nregion = x\n[profile p]\n\(values)\n"])
        let error = try await world.failure(profile: "p")
        #expect(error.provider == "profile p")
        #expect(error.reason.contains(words))
    }
}

import CurlTransport
import Foundation
import ImportWatch
import TestSupport
import Testing

@testable import AWS

/// Roles assumed at moto's STS, over real connections and with signatures that it checks.
@Suite @MainActor struct RealSTSTests {
    private static let setUp = """
        import boto3, json, sys
        iam = boto3.client("iam", endpoint_url=sys.argv[1])
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(allow))
        role = iam.create_role(RoleName="watcher", AssumeRolePolicyDocument=json.dumps(allow))["Role"]
        iam.put_role_policy(RoleName="watcher", PolicyName="p", PolicyDocument=json.dumps(allow))
        print(json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "arn": role["Arn"]}))
        """

    @Test(.timeLimit(.minutes(3))) func assumesRolesWithSignaturesThatAreChecked() async throws {
        guard let server = try MotoServer(callsWithoutSignature: 5) else {
            print("moto: skipped, not installed in .build/venv")
            return
        }
        let made = try server.run(Self.setUp)
        let id = try #require(made["id"]?.string)
        let secret = try #require(made["secret"]?.string)
        let arn = try #require(made["arn"]?.string)
        let transport = try CurlTransport(userAgent: "test", now: MachineClock.now)
        defer { transport.close() }
        let world = TestWorld(
            ["HOME": "/home", "AWS_ENDPOINT_URL_STS": server.url],
            files: [
                "/home/.aws/config": """
                [profile keys]
                aws_access_key_id = \(id)
                aws_secret_access_key = \(secret)
                [profile one]
                role_arn = \(arn)
                source_profile = keys
                [profile two]
                role_arn = \(arn)
                role_session_name = second
                source_profile = one
                """
            ]
        )
        world.now = WallTime(secondsSinceEpoch: Date().timeIntervalSince1970) ?? world.now
        var ports = world.ports
        ports.transport = transport
        func credentials(_ profile: String?, _ ports: AWSPorts) async throws -> Credentials? {
            try await StandardCredentials(profile: profile, roleARN: nil, region: "eu-west-1", ports: ports)
                .credentials()
        }

        let one = try #require(try await credentials("one", ports))
        #expect(one.accessKeyID.hasPrefix("ASIA"))
        #expect(one.sessionToken?.isEmpty == false)
        #expect(one.expiresAt.map { $0 > world.now } == true)
        let two = try #require(try await credentials("two", ports), "signed with the first role's token")
        #expect(two.accessKeyID != one.accessKeyID)

        world.files["/home/.aws/config"] = world.files["/home/.aws/config"]?.replacing(secret, with: "wrong")
        do {
            _ = try await credentials("one", ports)
            Issue.record("a wrong signature was taken")
        } catch {
            #expect("\(error)".contains("SignatureDoesNotMatch"))
            #expect(!"\(error)".contains(id))
        }
    }

    @Test(.timeLimit(.minutes(3))) func assumesARoleWithATokenAndWithoutASignature() async throws {
        // Where moto checks signatures it has no answer to a request without one.
        guard let server = try MotoServer(callsWithoutSignature: 1000) else {
            print("moto: skipped, not installed in .build/venv")
            return
        }
        let transport = try CurlTransport(userAgent: "test", now: MachineClock.now)
        defer { transport.close() }
        let world = TestWorld(
            [
                "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
                "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/watcher",
            ],
            files: ["/token": "a.b.c"]
        )
        var ports = world.ports
        ports.transport = transport
        let provider = StandardCredentials(profile: nil, roleARN: nil, region: "eu-west-1", ports: ports)
        let found = try #require(try await provider.credentials())
        #expect(found.accessKeyID.hasPrefix("ASIA"))
        #expect(found.provider == "web identity (environment)")
    }
}

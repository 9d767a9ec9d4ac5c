import CurlTransport
import Foundation
import ImportWatch
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import AWS

/// The cache of IAM Identity Center, shared with botocore over real files and connections.
@Suite(.serialized) @MainActor struct SSOPeerTests {
    private static let name = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

    /// An OpenID Connect service and portal in one: each refresh takes the last refresh token and gives the next.
    private static func service() throws -> LoopbackServer {
        let issued = Mutex(1)
        return try LoopbackServer { request in
            if request.line == "POST /token" {
                let body = try? JSONValue(decoding: Array(request.body.utf8))
                return issued.withLock { issued in
                    guard body?["grantType"]?.string == "refresh_token", body?["clientId"]?.string == "C",
                        body?["clientSecret"]?.string == "CS", body?["refreshToken"]?.string == "R\(issued)"
                    else { return answer(#"{"error":"invalid_grant"}"#, status: "400 Bad Request") }
                    issued += 1
                    return answer(
                        #"{"accessToken":"A\#(issued)","expiresIn":3600,"refreshToken":"R\#(issued)","tokenType":"Bearer"}"#
                    )
                }
            }
            let isKnown = issued.withLock { request.head.contains("x-amz-sso_bearer_token: A\($0)") }
            guard isKnown else { return answer(#"{"message":"unknown token"}"#, status: "401 Unauthorized") }
            let end = Int64(Date().timeIntervalSince1970 + 7200) * 1000
            return answer(
                #"{"roleCredentials":{"accessKeyId":"ROLE","secretAccessKey":"s","sessionToken":"t","expiration":\#(end)}}"#
            )
        }
    }

    private nonisolated static func answer(_ body: String, status: String = "200 OK") -> LoopbackServer.Manner {
        .answerAndClose(LoopbackServer.answer(status, headers: "Content-Type: application/json\r\n", body: body))
    }

    private static func time(_ seconds: Double) -> String {
        let time = WallTime(secondsSinceEpoch: Date().timeIntervalSince1970 + seconds)
        return (time?.rfc3339.prefix(19) ?? "") + "Z"
    }

    /// A home directory with a session whose token ends so many seconds from now.
    private func home(_ service: LoopbackServer, endsIn seconds: Double) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/.aws/sso/cache",
            withIntermediateDirectories: true
        )
        try folder.write(
            ".aws/config",
            """
            [profile s]
            sso_session = corp
            sso_account_id = 123
            sso_role_name = r
            region = eu-central-1
            [sso-session corp]
            sso_region = eu-central-1
            sso_start_url = https://corp.awsapps.com/start
            """
        )
        try folder.write(
            ".aws/sso/cache/" + Self.name,
            """
            {"startUrl": "https://corp.awsapps.com/start", "region": "eu-central-1", "accessToken": "A1",
            "expiresAt": "\(Self.time(seconds))", "clientId": "C", "clientSecret": "CS",
            "registrationExpiresAt": "\(Self.time(86_400))", "refreshToken": "R1"}
            """
        )
        return folder
    }

    private func variables(_ home: TemporaryFolder, _ service: LoopbackServer) -> [String: String] {
        [
            "HOME": home.path, "AWS_ENDPOINT_URL_SSO_OIDC": service.address, "AWS_ENDPOINT_URL_SSO": service.address,
            "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    private func ours(_ home: TemporaryFolder, _ service: LoopbackServer) async throws -> String? {
        let transport = try CurlTransport(userAgent: "test", now: MachineClock.now)
        defer { transport.close() }
        let ports = AWSPorts(
            variables: AWSVariables(variables(home, service)),
            files: LocalFiles(),
            transport: transport,
            writer: LocalFiles(),
            processes: nil,
            wallTime: { WallTime(secondsSinceEpoch: Date().timeIntervalSince1970) ?? WallTime(secondsSinceEpoch: 0) },
            wait: { try? await Task.sleep(for: $0) },
            draw: { 0.5 }
        )
        return try await StandardCredentials(profile: "s", roleARN: nil, region: "eu-central-1", ports: ports)
            .credentials()?.accessKeyID
    }

    private func botocores(_ home: TemporaryFolder, _ service: LoopbackServer) async throws -> String? {
        let script =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Scripts/sso-client.py"
        let process = try TestProcess(
            try await PythonClients.python,
            [script, "s"],
            environment: variables(home, service)
        )
        let status = try await process.exitStatus(seconds: 60)
        #expect(status == 0, "\(process.printed)")
        return try process.printed.split(separator: "\n").last.map { try JSONValue(decoding: Array($0.utf8)) }?["id"]?
            .string
    }

    private func cache(_ home: TemporaryFolder) throws -> [String: String] {
        let path = home.path + "/.aws/sso/cache/" + Self.name
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/.aws/sso/cache") == [Self.name])
        let document = try JSONValue(decoding: Array(Data(contentsOf: URL(fileURLWithPath: path))))
        let members = (document.object ?? []).map { ($0.name, $0.value.string ?? "not a string") }
        return Dictionary(members) { first, _ in first + " twice" }
    }

    @Test(.timeLimit(.minutes(3))) func bothWriteTheSameAndUseWhatTheOtherWrote() async throws {
        let (first, second) = (try Self.service(), try Self.service())
        let (mine, theirs) = (try home(first, endsIn: 60), try home(second, endsIn: 60))
        #expect(try await ours(mine, first) == "ROLE")
        #expect(try await botocores(theirs, second) == "ROLE")
        let (written, expected) = (try cache(mine), try cache(theirs))
        #expect(Set(written.keys) == Set(expected.keys))
        let shape = expected["expiresAt"]?.map { $0.isNumber ? "0" : $0 }
        for (name, value) in expected {
            switch name {
            // Two moments and two ends: the same format.
            case "expiresAt": #expect(written[name]?.map { $0.isNumber ? "0" : $0 } == shape)
            case "registrationExpiresAt": #expect(written[name]?.count == value.count)
            default: #expect(written[name] == value, "\(name)")
            }
        }
        #expect(written["accessToken"] == "A2" && written["refreshToken"] == "R2")
        // Each goes on with the other's cache: what is fresh as it is, and what is ending by its refresh token.
        #expect(try await botocores(mine, first) == "ROLE")
        #expect(try await ours(theirs, second) == "ROLE")
        #expect(first.requests.filter { $0.line == "POST /token" }.count == 1)
        for home in [mine, theirs] {
            let path = home.path + "/.aws/sso/cache/" + Self.name
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let end = try cache(home)["expiresAt"] ?? ""
            try Data(text.replacingOccurrences(of: end, with: Self.time(30)).utf8).write(to: URL(fileURLWithPath: path))
        }
        #expect(try await botocores(mine, first) == "ROLE")
        #expect(try await ours(theirs, second) == "ROLE")
        #expect(try cache(mine)["accessToken"] == "A3")
        #expect(try cache(theirs)["accessToken"] == "A3")
    }
}

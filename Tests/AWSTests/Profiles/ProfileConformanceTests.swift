import ImportWatch
import JSON
import TestSupport
import Testing

@testable import AWS

/// The public cases for the shared config and credentials files.
@Suite struct ProfileConformanceTests {
    @Test func readsFilesAsTheSuiteSays() throws {
        guard let bytes = try Conformance.read("config/profile-parser-tests.json") else { return }
        let cases = try #require(try JSONValue(decoding: bytes)["tests"]?.array)
        for testCase in cases {
            let name = testCase["name"]?.string ?? ""
            let output = try #require(testCase["output"])
            do {
                let set = ProfileSet(
                    config: try file(testCase["input"]?["configFile"], kind: .config),
                    credentials: try file(testCase["input"]?["credentialsFile"], kind: .credentials)
                )
                let expected = try #require(output["config"], "\(name) should fail")
                #expect(set.profiles == sections(expected["profiles"]), "\(name)")
                if let sessions = expected["sso_sessions"] { #expect(set.ssoSessions == sections(sessions), "\(name)") }
            } catch let problem as ProfileFile.Problem {
                let words = try #require(output["errorContaining"]?.string, "\(name) failed: \(problem)")
                #expect(problem.reason.contains(words), "\(name)")
                #expect(problem.line > 0)
            }
        }
        #expect(cases.count == 65)
        Conformance.report("profile parser", ran: cases.count, of: cases.count)
    }

    private func file(_ text: JSONValue?, kind: ProfileFile.Kind) throws -> ProfileFile? {
        try text?.string.map { try ProfileFile(Array($0.utf8), kind: kind) }
    }

    private func sections(_ value: JSONValue?) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        for member in value?.object ?? [] {
            sections[member.name] = Dictionary(
                (member.value.object ?? []).map { ($0.name, $0.value.string ?? "") }
            ) { $1 }
        }
        return sections
    }

    @Test func looksForFilesWhereTheSuiteSays() throws {
        guard let bytes = try Conformance.read("config/file-location-tests.json") else { return }
        let cases = try #require(try JSONValue(decoding: bytes)["tests"]?.array)
        var ran = 0
        for testCase in cases where testCase["platform"]?.string == "linux" {
            let name = testCase["name"]?.string ?? ""
            let variables = Dictionary(
                (testCase["environment"]?.object ?? []).map { ($0.name, $0.value.string ?? "") }
            ) { $1 }
            let shared = SharedFiles(variables: AWSVariables(variables), files: MemoryFiles())
            #expect(shared.configPath == testCase["configLocation"]?.string, "\(name)")
            #expect(shared.credentialsPath == testCase["credentialsLocation"]?.string, "\(name)")
            if let profile = testCase["profile"]?.string {
                #expect(shared.namedProfile ?? "default" == profile, "\(name)")
            }
            ran += 1
        }
        #expect(ran == 4)
        Conformance.report("file locations", ran: ran, of: cases.count, note: "the others are about Windows")
    }

    @Test func followsChainsAsTheSuiteSays() throws {
        guard let bytes = try Conformance.read("config/assume-role-tests.json") else { return }
        let cases = try #require(try JSONValue(decoding: bytes).array)
        for testCase in cases {
            let name = testCase["docs"]?.string ?? ""
            let input = testCase["input"]
            let set = ProfileSet(
                profiles: sections(input?["profiles"]),
                ssoSessions: sections(input?["sso_sessions"])
            )
            let profile = try #require(input?["selected_profile"]?.string)
            do {
                let chain = try ProfileChain(of: profile, in: set)
                let expected = try #require(testCase["output"]?["ProfileChain"]?.array, "\(name) should fail")
                #expect(describe(chain) == expected.map(sorted), "\(name)")
            } catch let problem as ProfileChain.Problem {
                let words = try #require(testCase["output"]?["Error"]?.string, "\(name) failed: \(problem)")
                #expect(problem.description.contains(words), "\(name): \(problem)")
            }
        }
        #expect(cases.count == 28)
        Conformance.report("assume-role chains", ran: cases.count, of: cases.count)
    }

    private func sorted(_ step: JSONValue) -> JSONValue {
        guard case .object(let members) = step else { return step }
        return .object(
            members.sorted { $0.name < $1.name }.map { JSONValue.Member($0.name, sorted($0.value)) }
        )
    }

    /// The chain in the suite's words.
    private func describe(_ chain: ProfileChain) -> [JSONValue] {
        func object(_ name: String, _ members: [(String, String?)]) -> JSONValue {
            let present = members.compactMap { key, value in value.map { JSONValue.Member(key, .string($0)) } }
            return sorted(.object([JSONValue.Member(name, .object(present))]))
        }
        let base: JSONValue =
            switch chain.base {
            case .keys(let keys):
                object(
                    "AccessKey",
                    [
                        ("access_key_id", keys.accessKeyID), ("secret_access_key", keys.secretAccessKey),
                        ("session_token", keys.sessionToken), ("account_id", keys.accountID),
                    ]
                )
            case .source(let source): ["NamedSource": .string(source.rawValue)]
            case .webIdentity(let identity):
                object(
                    "WebIdentityToken",
                    [
                        ("role_arn", identity.roleARN), ("web_identity_token_file", identity.tokenFile),
                        ("role_session_name", identity.sessionName),
                    ]
                )
            case .sso(let sso):
                object(
                    "Sso",
                    [
                        ("sso_session", sso.session), ("sso_region", sso.region), ("sso_start_url", sso.startURL),
                        ("sso_account_id", sso.accountID), ("sso_role_name", sso.roleName),
                    ]
                )
            case .process(let command): ["Process": .string(command)]
            }
        return [base]
            + chain.roles.map { role in
                object(
                    "AssumeRole",
                    [
                        ("role_arn", role.arn), ("role_session_name", role.sessionName),
                        ("external_id", role.externalID),
                    ]
                )
            }
    }
}

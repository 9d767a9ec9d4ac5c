import Foundation
import ImportWatch
import JSON
import Testing

@testable import Control

/// What is sent, against the interface's own description and, once, byte for byte.
@Suite struct InterfaceTests {
    private let time = WallTime(millisecondsSinceEpoch: 1_795_464_904_120)

    private var report: StatusReport {
        StatusReport(
            version: "1",
            pid: 7,
            startedAt: time,
            configuration: "/c",
            state: "/s",
            summary: "watching 1 job",
            sources: [
                .init(
                    name: "default",
                    region: "eu-west-1",
                    health: "healthy",
                    requestsPerSecond: 1,
                    pace: 0.5,
                    watched: 1,
                    jobs: 2,
                    isThrottled: true
                )
            ],
            jobs: [.init(source: "default", id: "a", processed: 3, createdAt: time, recordsPerSecond: 2.5)],
            targets: [.init(name: "journal", health: "ok", pending: 1, dead: 2)],
            reloadRefused: .init(at: time, complaint: "no")
        )
    }

    private var findings: SourceFindings {
        var findings = SourceFindings(name: "default", region: nil)
        findings.credentials = .init(provider: "environment", accessKeyID: "AKIDENVIRONMENT", expiresAt: time)
        findings.add("no Region")
        return findings
    }

    private func text(_ value: JSONValue) -> String { String(decoding: value.encoded(), as: UTF8.self) }

    @Test func theStatusIsWrittenSo() {
        #expect(
            text(report.json)
                == #"{"daemon":"running","version":"1","pid":7,"started_at":"2026-11-23T20:15:04.120Z","#
                + #""configuration":"/c","state":"/s","summary":"watching 1 job","sources":[{"name":"default","#
                + #""region":"eu-west-1","health":"healthy","requests_per_second":1.0,"pace":0.5,"watched":1,"#
                + #""jobs":2,"next_poll":null,"throttled":true,"credentials":null,"credentials_expire_at":null}],"#
                + #""jobs":[{"source":"default","id":"a","status":null,"processed":3,"failed":null,"#
                + #""answered_at":null,"next_poll":null,"attention":null,"created_at":"2026-11-23T20:15:04.120Z","#
                + #""finished_at":null,"records_per_second":2.5,"problem":null}],"targets":[{"name":"journal","#
                + #""health":"ok","pending":1,"last_success":null,"dead":2,"next_probe":null}],"#
                + #""reload_refused":{"at":"2026-11-23T20:15:04.120Z","complaint":"no"}}"#
        )
    }

    @Test func findingsAndVerdictsAreWrittenSo() {
        var findings = findings
        #expect(
            text(findings.json)
                == #"{"name":"default","region":null,"endpoint":null,"credentials":{"provider":"environment","#
                + #""access_key_id":"MENT","expires_at":"2026-11-23T20:15:04.120Z"},"problems":["no Region"]}"#
        )
        findings.probe = .init(jobID: "a", status: "FAILED")
        #expect(text(findings.json).hasSuffix(#""problems":["no Region"],"probe":{"job_id":"a","status":"FAILED"}}"#))
        #expect(
            text(ReloadVerdict(isAccepted: true, complaints: ["a"], added: 1, removed: 2).json)
                == #"{"accepted":true,"complaints":["a"],"added":1,"removed":2,"stopping":false}"#
        )
    }

    @Test func whatIsWrittenIsReadBack() throws {
        #expect(try StatusReport(json: JSONValue(decoding: report.json.encoded())) == report)
        #expect(try SourceFindings(json: JSONValue(decoding: findings.json.encoded())) == findings)
        let verdict = ReloadVerdict(isAccepted: false, complaints: ["a", "b"], added: 1, isStopping: true)
        #expect(try ReloadVerdict(json: JSONValue(decoding: verdict.json.encoded())) == verdict)
        #expect(throws: JSONMismatch.self) { try StatusReport(json: [:]) }
        #expect(throws: JSONMismatch.self) { try StatusReport(json: ["version": 1]) }
    }

    /// Names, order and types of the description's parenthesis after `marker`.
    private func members(after marker: String) throws -> [(name: String, type: String)] {
        let description = ControlInterface.description.replacing("\n", with: " ")
        let begin = try #require(description.range(of: marker)).upperBound
        let end = try #require(description[begin...].firstIndex(of: ")"))
        return description[begin..<end].split(separator: ",").map { member in
            let parts = member.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
            return (parts[0], parts[1])
        }
    }

    @Test func theDescriptionSaysTheSame() throws {
        var findings = findings
        findings.probe = .init(jobID: "a", status: "FAILED")
        let status = report.json
        let described: [(String, JSONValue?)] = [
            ("method Status(job: ?string) -> (", status), ("type Source (", status["sources"]?.array?.first),
            ("type Job (", status["jobs"]?.array?.first), ("type Target (", status["targets"]?.array?.first),
            ("type Refusal (", status["reload_refused"]), ("method Reload() -> (", ReloadVerdict.sample.json),
            ("type Key (", findings.json["credentials"]), ("type Probe (", findings.json["probe"]),
            ("type Findings (", findings.json),
        ]
        for (marker, json) in described {
            let (told, sent) = (try members(after: marker), try #require(json?.object))
            #expect(told.map(\.name) == sent.map(\.name), "\(marker)")
            for (member, value) in zip(told, sent.map(\.value)) {
                let isRight =
                    switch value {
                    case .null: member.type.hasPrefix("?")
                    case .bool: member.type == "bool"
                    case .integer: member.type.hasSuffix("int")
                    case .number: member.type.hasSuffix("float")
                    case .string: member.type.hasSuffix("string")
                    case .array: member.type.hasPrefix("[]")
                    case .object: member.type.last?.isLowercase == true && member.type.hasPrefix("?")
                    }
                #expect(isRight, "\(marker)\(member)")
            }
        }
    }
}

extension ReloadVerdict {
    fileprivate static let sample = ReloadVerdict(isAccepted: true, complaints: [])
}

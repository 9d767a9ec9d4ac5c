import Foundation
import ImportWatch
import JSON
import TestSupport
import Testing

@testable import Control

/// Answers as a daemon would, the reload a moment later.
@MainActor private final class FakeDaemon: ControlHandler {
    var reloads = 0
    var summary = "watching"

    func status(job: String?) -> StatusReport {
        StatusReport(
            version: "1",
            pid: 7,
            startedAt: WallTime(millisecondsSinceEpoch: 1_795_464_904_120),
            configuration: "/c",
            state: "/s",
            summary: summary,
            sources: [
                .init(
                    name: "default",
                    region: "eu-west-1",
                    health: "healthy",
                    requestsPerSecond: 1,
                    pace: 0.5,
                    watched: 1,
                    jobs: 2,
                    isThrottled: false
                )
            ],
            jobs: (0..<2000).map { number in
                .init(source: "default", id: "job-\(number)", processed: .max, attention: "lost")
            },
            targets: [.init(name: "journal", health: "ok", pending: 0, dead: 0)]
        )
    }

    let statePath = "/state/state.sqlite"
    var filters: [DeliveryFilter] = []
    var selections: [ReplaySelection] = []

    func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList {
        filters.append(filter)
        throw .diskFull(path: "/state/state.sqlite")
    }

    func replay(_ selection: ReplaySelection) -> Int {
        selections.append(selection)
        return selections.count
    }

    func examine(probe: String?) -> [SourceFindings] {
        var found = SourceFindings(name: "default", region: "eu-west-1")
        found.endpoint = "https://email.eu-west-1.amazonaws.com"
        found.credentials = .init(provider: "environment", accessKeyID: "AKIDENVIRONMENT", expiresAt: nil)
        found.probe = probe.map { .init(jobID: $0, status: "PROCESSING") }
        var other = SourceFindings(name: "us", region: nil)
        other.add("no Region")
        return [found, other]
    }

    func reload() async -> ReloadVerdict {
        reloads += 1
        try? await Task.sleep(for: .milliseconds(30))
        return ReloadVerdict(isAccepted: false, complaints: ["c.toml:1:1: bad"])
    }
}

@MainActor @Suite(.serialized) struct ControlTests {
    private let folder: TemporaryFolder
    private let handler = FakeDaemon()
    private var path: String { folder.path + "/control" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func server(_ access: ControlAccess = .everything) throws -> ControlServer {
        try ControlServer(path: path, version: "1", handler: handler, access: { _ in access })
    }

    private nonisolated static func client(_ path: String) -> ControlClient {
        // The server shares this process' main queue with all other tests.
        ControlClient(
            path: path,
            now: { MonotonicInstant(nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds)) },
            patience: .seconds(30)
        )
    }

    /// Runs blocking work of a client on a thread of its own.
    private func client<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    @Test func statusAndReloadAreAnswered() async throws {
        let server = try server()
        defer { server.close() }
        let path = path
        let report = try await client { try Self.client(path).status() }
        #expect(report == handler.status(job: nil))
        let verdict = try await client { try Self.client(path).reload() }
        #expect(verdict == ReloadVerdict(isAccepted: false, complaints: ["c.toml:1:1: bad"]))
        #expect(handler.reloads == 1)
    }

    @Test func anExaminationIsAnsweredWithoutTheKey() async throws {
        let server = try server()
        defer { server.close() }
        let path = path
        let findings = try await client { try Self.client(path).examine(probe: "job-7") }
        #expect(findings.map(\.name) == ["default", "us"])
        #expect(findings.first?.credentials?.lastFour == "MENT")
        #expect(findings.first?.probe == .init(jobID: "job-7", status: "PROCESSING"))
        #expect(findings.last?.problems == ["no Region"])
        await #expect(throws: ControlError.self) {
            _ = try await client { try Self.client(path).examine(probe: "..") }
        }
    }

    @Test func strangersAreTurnedAwayWithASentence() async throws {
        let server = try server(.nothing)
        defer { server.close() }
        let path = path
        for _ in 0..<2 {
            await #expect(throws: ControlError.permissionDenied(path: path)) {
                _ = try await client { try Self.client(path).status() }
            }
        }
        let calls = [#"{"method":"org.varlink.service.GetInfo"}"#, #"{"method":"io.importwatchd.Reload"}"#]
        for call in calls {
            let bytes = try await client { try Self.exchange(path, Array(call.utf8) + [0], answers: 2) }
            #expect(
                String(decoding: bytes, as: UTF8.self).hasPrefix(#"{"error":"org.varlink.service.PermissionDenied""#)
            )
        }
        #expect(handler.reloads == 0)
    }

    @Test func anAnswerThatIsTooLongIsSaidToBe() async throws {
        let server = try server(.everything)
        defer { server.close() }
        let path = path
        handler.summary = String(repeating: "w", count: 17 << 20)
        let said = await #expect(throws: ControlError.self) {
            _ = try await client { try Self.client(path).status() }
        }
        #expect(said?.description.contains("more than 16 MiB") == true, "\(String(describing: said))")
        handler.summary = "watching"
        #expect(try await client { try Self.client(path).status() }.pid == 7)
    }

    @Test func readersMayReadAndNothingElse() async throws {
        let server = try server(.reading)
        defer { server.close() }
        let path = path
        #expect(try await client { try Self.client(path).status() }.pid == 7)
        await #expect(throws: ControlError.permissionDenied(path: path)) {
            _ = try await client { try Self.client(path).reload() }
        }
        await #expect(throws: ControlError.permissionDenied(path: path)) {
            _ = try await client { try Self.client(path).replay(.dead, statePath: nil) }
        }
        #expect(handler.reloads == 0 && handler.selections.isEmpty)
        let calls = [
            #"{"method":"org.varlink.service.GetInfo"}"#,
            #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"io.importwatchd"}}"#,
            #"{"method":"io.importwatchd.Deliveries"}"#, #"{"method":"io.importwatchd.Anything"}"#,
            #"{"method":"io.importwatchd.Status"}"#,
        ]
        let message = calls.flatMap { call -> [UInt8] in Array(call.utf8) + [0] }
        let bytes = try await client { try Self.exchange(path, message, answers: 5) }
        let answers = try bytes.split(separator: 0).map { try JSONValue(decoding: Array($0)) }
        // The connection ends with the refusal.
        #expect(answers.count == 4)
        #expect(answers[0]["error"] == nil && answers[1]["error"] == nil)
        #expect(answers[2]["error"]?.string == "io.importwatchd.StateUnavailable")
        #expect(answers[3]["error"]?.string == "org.varlink.service.PermissionDenied")
    }

    /// Those who may nothing make room for those who may.
    @Test func silentStrangersKeepNobodyOut() async throws {
        let handler = handler
        var admitted = 0
        let server = try ControlServer(path: path, version: "1", handler: handler) { _ in
            admitted += 1
            return admitted <= 30 ? .everything : admitted <= 90 ? .nothing : .everything
        }
        defer { server.close() }
        let path = path
        let silent = try await client { try (0..<90).map { _ in try Self.connected(path) } }
        defer { for descriptor in silent { close(descriptor) } }
        let report = try await client { try Self.client(path).status() }
        #expect(report.pid == 7)
        // Of the first thirty, who may all, none was closed.
        for descriptor in silent.prefix(30) {
            var byte: UInt8 = 0
            #expect(recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)) == -1)
        }
    }

    @Test func nobodyListensIsSaid() async throws {
        let path = path
        await #expect(throws: ControlError.nobodyListens(paths: [path])) {
            _ = try await client { try Self.client(path).status() }
        }
        #expect(throws: ControlError.self) {
            try ControlServer(path: String(repeating: "x", count: 200), version: "1", handler: handler)
        }
    }

    @Test func aSocketThatIsLeftOverIsReplacedAndALiveOneIsNot() async throws {
        let first = try server()
        #expect(throws: ControlError.inUse(path: path)) { _ = try server() }
        first.close()
        let second = try server()
        second.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func oversizedAndMalformedMessagesEndTheConnectionOnly() async throws {
        let server = try server()
        defer { server.close() }
        let path = path
        for message in [[UInt8](repeating: 0x20, count: 100_000), Array("no json\u{0}".utf8), [0], [0xFF, 0, 0xFF, 0]] {
            let answer = try await client { try Self.exchange(path, message) }
            #expect(answer.isEmpty)
        }
        let report = try await client { try Self.client(path).status() }
        #expect(report.pid == 7)
    }

    @Test func callsOnOneConnectionAreAnsweredInOrder() async throws {
        let server = try server()
        defer { server.close() }
        let path = path
        let calls = [
            #"{"method":"io.importwatchd.Reload"}"#, #"{"method":"org.varlink.service.GetInfo"}"#,
            #"{"method":"io.importwatchd.Nothing"}"#, #"{"method":"x.y.Z"}"#,
            #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"io.importwatchd"}}"#,
        ]
        let message = calls.flatMap { call -> [UInt8] in Array(call.utf8) + [0] }
        let bytes = try await client { try Self.exchange(path, message, answers: 5) }
        let answers = try bytes.split(separator: 0).map { try JSONValue(decoding: Array($0)) }
        #expect(answers.count == 5)
        #expect(answers[0]["parameters"]?["accepted"]?.bool == false)
        #expect(answers[1]["parameters"]?["interfaces"]?.array?.contains("io.importwatchd") == true)
        #expect(answers[2]["error"]?.string == "org.varlink.service.MethodNotFound")
        #expect(answers[3]["error"]?.string == "org.varlink.service.InterfaceNotFound")
        #expect(answers[4]["parameters"]?["description"]?.string?.contains("method Status(job: ?string)") == true)
    }

    @Test func deliveriesAndReplaysAreAskedOfTheRightDaemonOnly() async throws {
        let server = try server()
        defer { server.close() }
        let daemon = Self.client(path)
        let selections: [ReplaySelection] = [
            .event("evt_1"), .dead, .pending, .webhook("ops"),
            .since(WallTime(millisecondsSinceEpoch: 1_795_000_000_120)),
        ]
        let counts = try await client {
            try selections.map { try daemon.replay($0, statePath: "/state/state.sqlite") }
        }
        #expect(counts == [1, 2, 3, 4, 5])
        #expect(handler.selections == selections)
        let wanted = DeliveryFilter(state: .dead, target: .webhook("ops"), jobID: "a", limit: 7)
        await #expect(
            throws: ControlError.badAnswer(
                path: path,
                reason: StateStoreError.diskFull(path: "/state/state.sqlite").description
            )
        ) {
            try await client { _ = try daemon.deliveries(wanted, statePath: nil) }
        }
        #expect(handler.filters == [wanted])
        await #expect(throws: ControlError.otherState(path: path, state: "/state/state.sqlite")) {
            try await client { _ = try daemon.replay(.dead, statePath: "/state/other.sqlite") }
        }
        #expect(handler.selections == selections)
    }

    @Test func manySilentClientsKeepNobodyOut() async throws {
        let server = try server()
        defer { server.close() }
        let path = path
        let silent = try await client { try (0..<60).map { _ in try Self.connected(path) } }
        defer { for descriptor in silent { close(descriptor) } }
        let report = try await client { try Self.client(path).status() }
        #expect(report.pid == 7)
    }

    private nonisolated static func connected(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw ControlError.failed(path: path, reason: "errno \(errno)") }
        return descriptor
    }

    /// Sends a message and reads until the connection ends or so many answers came.
    private nonisolated static func exchange(_ path: String, _ message: [UInt8], answers: Int = 1) throws -> [UInt8] {
        let descriptor = try connected(path)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        send(descriptor, message, message.count, Int32(MSG_NOSIGNAL))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.filter({ $0 == 0 }).count < answers {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return bytes
    }
}

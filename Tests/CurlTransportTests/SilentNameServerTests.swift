import CurlTransport
import Dispatch
import Foundation
import ImportWatch
import TestSupport
import Testing

/// A name server that never answers, in a network namespace of the test's own; this needs root.
@MainActor @Suite(.serialized) struct SilentNameServerTests {
    private static let marker = "IMPORTWATCHD_SILENT_NAME_SERVER"

    @Test func holdsUpNoTurnOfTheLoop() async throws {
        if ProcessInfo.processInfo.environment[Self.marker] != nil { return try await insideTheNamespace() }
        guard getuid() == 0 else {
            print("SKIPPED: the silent name server needs root for a network namespace")
            return
        }
        let folder = try TemporaryFolder()
        let resolver = try folder.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:5 attempts:2\n")
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let script = """
            mount --bind \(resolver) "$(readlink -f /etc/resolv.conf)" && ip link set lo up && \
            exec \(tests) --testing-library swift-testing --filter SilentNameServerTests
            """
        let child = try TestProcess(
            "/usr/bin/unshare",
            ["--net", "--mount", "sh", "-c", script],
            environment: [Self.marker: "1"]
        )
        #expect(try await child.exitStatus(seconds: 60) == 0, Comment(rawValue: child.printed))
        #expect(child.printed.contains("silent name server: longest turn"))
        for line in child.printed.split(separator: "\n") where line.contains("longest turn") { print(line) }
    }

    private func insideTheNamespace() async throws {
        let silent = try silentNameServer()
        defer { close(silent) }
        let clock = ContinuousClock()
        let transport = try CurlTransport(userAgent: "test", now: MachineClock.now)
        var begun = clock.now
        var longest = Duration.zero
        transport.turnObserver = { begins in
            if begins { begun = clock.now } else { longest = max(longest, clock.now - begun) }
        }
        var errors: [TransportError] = []
        for number in 0..<20 {
            let request = HTTPRequest(
                method: .get,
                url: "http://host-\(number).example/",
                connectTimeout: .milliseconds(500 + number * 20),
                timeout: .seconds(3),
                proxy: .none
            )
            let before = clock.now
            let id = transport.send(request) { if case .failure(let error) = $0 { errors.append(error) } }
            longest = max(longest, clock.now - before)
            if number % 4 == 0 {
                try await Task.sleep(for: .milliseconds(20))
                let before = clock.now
                transport.cancel(id)
                longest = max(longest, clock.now - before)
            }
        }
        let end = clock.now + .seconds(10)
        while errors.count < 15, clock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        #expect(errors.count == 15)
        #expect(errors.allSatisfy { $0.kind == "timeout" })
        _ = transport.send(HTTPRequest(method: .get, url: "http://last.example/", proxy: .none)) { _ in }
        try await Task.sleep(for: .milliseconds(50))
        let before = clock.now
        transport.close()
        longest = max(longest, clock.now - before)
        print("silent name server: longest turn \(longest)")
        #expect(longest < .milliseconds(50))
    }

    private func silentNameServer() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(53).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0)
        return descriptor
    }
}

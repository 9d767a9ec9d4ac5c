import Foundation
import ImportWatch
import Systemd
import TestSupport
import Testing

@Suite struct SystemdTests {
    /// Under systemd a missing journal means that nothing was written; elsewhere stderr stands in for it.
    @Test func aMissingJournalIsAnErrorOnlyUnderSystemd() async throws {
        guard !FileManager.default.fileExists(atPath: "/run/systemd/journal/socket") else {
            print("SKIPPED: this machine has a journal")
            return
        }
        let entry = JournalEntry(kind: .summary, priority: .notice, message: "a line of the tests")
        let now: @Sendable () -> WallTime = { WallTime(millisecondsSinceEpoch: 0) }
        let service = JournalWriter(identifier: "test", environment: ["INVOCATION_ID": "x"], now: now)
        await #expect(throws: JournalError.unavailable) { try await service.write(entry) }
        try await JournalWriter(identifier: "test", environment: [:], now: now).write(entry)
    }

    /// The daemon tells a service manager what it must, on a socket that plays the manager.
    @Test func theServiceManagerHearsOfStartAndStop() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/notify"
        let socket = try manager(at: path)
        defer { close(socket) }
        let configuration = try folder.write("importwatchd.toml", "")
        let daemon = try TestProcess(
            "importwatchd",
            ["--config", configuration],
            environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "300000"]
        )
        var heard: [String] = []
        try await daemon.waitUntil("READY=1 and the watchdog's feed") {
            heard += messages(socket)
            return heard.contains { $0.contains("READY=1") } && heard.filter { $0 == "WATCHDOG=1" }.count >= 3
        }
        #expect(heard.contains { $0.contains("STATUS=watching 0 jobs") })
        daemon.signal(SIGHUP)
        try await daemon.waitUntil("RELOADING=1") {
            heard += messages(socket)
            return heard.contains { $0.contains("RELOADING=1") && $0.contains("MONOTONIC_USEC=") }
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        heard += messages(socket)
        #expect(heard.contains { $0.contains("STOPPING=1") })
    }

    private func manager(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        return descriptor
    }

    private func messages(_ descriptor: Int32) -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return messages }
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }
}

import Foundation
import TestSupport
import Testing

extension Hostile {
    /// What the daemon sends to the journal's socket while the service's words hold what no terminal should be sent.
    @Suite struct JournalBytesTests {
        /// Binds a datagram socket that plays the journal; a mount namespace puts it where the daemon looks.
        private func journal(at path: String) throws -> Int32 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            try #require(isBound)
            return descriptor
        }

        private func received(_ descriptor: Int32) -> [[UInt8]] {
            var (entries, buffer): ([[UInt8]], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 18))
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return entries }
                entries.append(Array(buffer.prefix(count)))
            }
        }

        /// The values of an entry, from `NAME=value` lines and from names that a length and bytes follow.
        private func values(_ entry: [UInt8]) -> [String: [UInt8]] {
            var values: [String: [UInt8]] = [:]
            var rest = entry[...]
            while let end = rest.firstIndex(of: 10) {
                let line = rest[..<end]
                rest = rest[(end + 1)...]
                if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                    values[String(decoding: line[..<equals], as: UTF8.self)] = Array(line[(equals + 1)...])
                } else {
                    let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                    values[String(decoding: line, as: UTF8.self)] = Array(rest.dropFirst(8).prefix(length))
                    rest = rest.dropFirst(8 + length + 1)
                }
            }
            return values
        }

        @Test func journalctlShowsEveryEntryAsText() async throws {
            guard geteuid() == 0, try await TestProcess("/usr/bin/unshare", ["--mount", "true"]).exitStatus() == 0
            else {
                print("SKIPPED: a mount namespace takes root")
                return
            }
            let words = #"a\u0007b\u0000c\u009b31md\u001b[0me\u007ff\uFFFEg\uFDD0h\rend"#
            let harness = try await DaemonHarness(
                #"{"jobs": [{"id": "a", "timeline": [{"status": "FAILED"}], "message": "\#(words)"}]}"#,
                jobs: ["a"]
            )
            let folder = harness.folder.path + "/journal"
            try #require(mkdir(folder, 0o700) == 0)
            let journal = try journal(at: folder + "/socket")
            defer { close(journal) }
            let mounts = """
                mount -t tmpfs none /run/systemd && mkdir /run/systemd/journal && mount --bind '\(folder)' /run/systemd/journal \
                && exec "$0" "$@"
                """
            let program = TestProcess.products.appendingPathComponent("importwatchd").path
            let daemon = try TestProcess(
                "/usr/bin/unshare",
                ["--mount", "sh", "-c", mounts, program, "--config", harness.configuration],
                environment: Simulator.environment
            )
            var entries: [[String: [UInt8]]] = []
            try await daemon.waitUntil("the event in the journal") {
                entries += received(journal).map(values)
                return entries.contains { $0["SES_ERROR_MESSAGE"] != nil }
            }
            for value in entries.flatMap(\.values) {
                let text = try #require(String(validating: value, as: UTF8.self))
                #expect(
                    text.unicodeScalars.allSatisfy { scalar in
                        let value = scalar.value
                        let isControl = value < 0x20 && value != 9 && value != 10 || (0x7F...0x9F).contains(value)
                        return !isControl && value & 0xFFFE != 0xFFFE && !(0xFDD0...0xFDEF).contains(value)
                    },
                    "\(text.debugDescription)"
                )
            }
            let told = entries.compactMap { $0["SES_ERROR_MESSAGE"] }.map { String(decoding: $0, as: UTF8.self) }
            #expect(told == ["a\u{FFFD}b\u{FFFD}c\u{FFFD}31md\u{FFFD}[0me\u{FFFD}f\u{FFFD}g\u{FFFD}h end"])
            try await daemon.stopsInTime()
        }
    }
}

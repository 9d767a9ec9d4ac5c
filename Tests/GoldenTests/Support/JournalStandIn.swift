import Foundation
import Synchronization
import TestSupport

/// A datagram socket that plays the journal for one program, which sees it where journald's would be.
final class JournalStandIn: Sendable {
    private let folder: TemporaryFolder
    private let descriptor = Mutex<Int32>(-1)
    private let entries = Mutex<[String]>([])

    /// `nil`, said on standard output, where a program can't be shown another journal.
    init?() async throws {
        let unshare = try TestProcess("/usr/bin/unshare", ["--mount", "true"])
        guard geteuid() == 0, try await unshare.exitStatus() == 0 else {
            print("SKIPPED: a mount namespace takes root")
            return nil
        }
        folder = try TemporaryFolder()
        try open()
    }

    deinit {
        close()
    }

    /// Begins to take entries; a queue of ten is all that the system keeps, so a thread reads at once.
    func open() throws {
        let new = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (folder.path + "/socket").utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(new, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw GoldenFailure(description: "no journal: errno \(errno)") }
        descriptor.withLock { $0 = new }
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = recv(new, &buffer, buffer.count, 0)
                guard count > 0, let self else { return }
                let entry = Self.text(Array(buffer.prefix(count)))
                entries.withLock { $0.append(entry) }
            }
        }
    }

    /// Takes the socket away, as when journald is not there.
    func close() {
        unlink(folder.path + "/socket")
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            shutdown(descriptor, Int32(SHUT_RDWR))
            Glibc.close(descriptor)
            descriptor = -1
        }
    }

    /// The entries so far, each a field a line.
    var received: [String] { entries.withLock { $0 } }

    /// Starts a program that sees this journal.
    func run(_ program: String, _ arguments: [String], environment: [String: String]) throws -> TestProcess {
        let mounts = """
            mount -t tmpfs none /run/systemd && mkdir /run/systemd/journal \
            && mount --bind '\(folder.path)' /run/systemd/journal && exec "$0" "$@"
            """
        let path = TestProcess.products.appendingPathComponent(program).path
        return try TestProcess(
            "/usr/bin/unshare",
            ["--mount", "sh", "-c", mounts, path] + arguments,
            environment: environment
        )
    }

    /// An entry's fields, those that every entry has first and the others by name; a value of several lines is indented.
    private static func text(_ bytes: [UInt8]) -> String {
        var fields: [(name: String, value: String)] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                fields.append((string(line[..<equals]), string(line[(equals + 1)...])))
            } else {
                let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                fields.append((string(line), string(rest.dropFirst(8).prefix(length))))
                rest = rest.dropFirst(8 + length + 1)
            }
        }
        let sorted = fields.prefix(4) + fields.dropFirst(4).sorted { $0.name < $1.name }
        return sorted.map { "\($0.name)=" + $0.value.replacingOccurrences(of: "\n", with: "\n  ") }
            .joined(separator: "\n")
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

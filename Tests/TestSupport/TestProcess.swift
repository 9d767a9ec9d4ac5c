import Foundation
import Synchronization

/// A program that a test runs, with what it prints; it is killed when the value goes.
public final class TestProcess: Sendable {
    /// Why a test's program did not do what was waited for.
    public struct Failure: Error, CustomStringConvertible {
        /// What was waited for, and what was printed instead.
        public var description: String
    }

    /// The process's ID.
    public let pid: Int32
    private let folder: TemporaryFolder
    private let input: Int32
    private let status = Mutex<Int32?>(nil)

    /// The folder of the built products, where the tests themselves lie.
    public static var products: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// Starts a program, by its path or as one that is built with the tests; what it prints goes to a file.
    ///
    /// - Parameter environment: All variables of the program but PATH; those of the test are not handed on.
    public init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        let path = executable.hasPrefix("/") ? executable : Self.products.appendingPathComponent(executable).path
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        input = ends[1]
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.path + "/output", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Other tests of this process have descriptors open, too.
        for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var variables = environment
        variables["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let entries = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + entries { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, nil, words, entries)
        guard code == 0 else { throw Failure(description: "\(path): \(String(cString: strerror(code)))") }
        pid = child
    }

    deinit {
        if isRunning { kill(pid, SIGKILL) }
        close(input)
        if isRunning { waitpid(pid, nil, 0) }
    }

    /// Everything printed so far.
    public var printed: String {
        (try? Data(contentsOf: URL(fileURLWithPath: folder.path + "/output")))
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Sends a signal.
    public func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits until something printed contains `text`.
    public func waitFor(_ text: String, seconds: Double = 30) async throws {
        try await waitUntil("\"\(text)\" to be printed", seconds: seconds) { printed.contains(text) }
    }

    /// Waits until a condition holds.
    public func waitUntil(_ what: String, seconds: Double = 30, _ condition: () async throws -> Bool) async throws {
        // Counted in looks, not by the clock: other tests may hold this one up for long.
        for _ in 0..<max(1, Int(seconds * 50)) {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure(description: "waited \(seconds) s for \(what); printed:\n\(printed)")
    }

    /// Waits for the end and answers the exit status, 128 and the signal's number if a signal ended it.
    public func exitStatus(seconds: Double = 30) async throws -> Int32 {
        try await waitUntil("the end", seconds: seconds) { !isRunning }
        return status.withLock { $0 } ?? -1
    }

    /// Whether the program has not ended yet.
    public var isRunning: Bool {
        status.withLock { status in
            guard status == nil else { return false }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return true }
            let signal = raw & 0x7F
            status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
            return false
        }
    }
}

import Control
import Foundation
import ImportWatch
import TestSupport
import Testing

/// The client against servers that stop, drip, hang up and say what they like.
@Suite(.serialized) struct ControlClientTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/control" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func client(patience: Duration = .seconds(30), limit: Duration = .seconds(30)) -> ControlClient {
        ControlClient(path: path, now: Self.now, patience: patience, limit: limit)
    }

    private static let now: @Sendable () -> MonotonicInstant = {
        MonotonicInstant(nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds))
    }

    /// What a client makes of a server that treats each connection so, and how long that takes in seconds.
    private func outcome(
        of client: ControlClient,
        _ serve: @escaping @Sendable (Int32) -> Void
    ) async throws -> (error: ControlError?, seconds: Double) {
        let server = try ListeningSocket(path, serve)
        defer { server.stop() }
        return await outcome(of: client)
    }

    private func outcome(of client: ControlClient) async -> (error: ControlError?, seconds: Double) {
        let begun = Date()
        let error: ControlError? = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do throws(ControlError) {
                    _ = try client.status()
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
        return (error, Date().timeIntervalSince(begun))
    }

    /// A server of its own process, which does `work` with each connection.
    private func server(_ work: String) async throws -> TestProcess {
        let script = """
            import socket, sys, time
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen(16)
            print("listening", flush=True)
            client = server.accept()[0]
            \(work)
            """
        let process = try TestProcess("/usr/bin/python3", ["-c", script, path])
        try await process.waitFor("listening")
        return process
    }

    @Test func silenceIsBornePatientlyOnly() async throws {
        let server = try await server("time.sleep(60)")
        let (error, seconds) = await outcome(of: client(patience: .milliseconds(300)))
        #expect(error == .timeout(path: path, after: .milliseconds(300)))
        #expect(seconds < 25)
        #expect(error?.description.hasSuffix("no answer in 300 ms; is importwatchd stopped or hanging?") == true)
        withExtendedLifetime(server) {}
    }

    /// On a busy machine a daemon that is asked for much may be silent for long.
    @Test func whoIsSeenAtWorkIsWaitedFor() async throws {
        let server = try await server(
            """
            end = time.monotonic() + 2
            while time.monotonic() < end: pass
            client.sendall(b'{"error":"x.Done"}\\0')
            """
        )
        let (error, _) = await outcome(of: client(patience: .milliseconds(300)))
        #expect(error == .badAnswer(path: path, reason: "the daemon answered x.Done"))
        withExtendedLifetime(server) {}
    }

    @Test func whoDripsIsLeftWhenTheTimeIsOver() async throws {
        let (error, seconds) = try await outcome(of: client(limit: .milliseconds(600))) { descriptor in
            for _ in 0..<2000 {
                guard Glibc.send(descriptor, " ", 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
                usleep(50_000)
            }
        }
        #expect(error == .timeout(path: path, after: .milliseconds(600)))
        #expect(seconds < 50)
    }

    @Test func anEndWithoutAnAnswerIsNoMatterOfPermission() async throws {
        for isRead in [true, false] {
            let (error, _) = try await outcome(of: client()) { descriptor in
                var bytes = [UInt8](repeating: 0, count: 1000)
                if isRead { _ = recv(descriptor, &bytes, bytes.count, 0) }
            }
            #expect(error == .noAnswer(path: path))
        }
    }

    /// A refusal that was sent before the call was read is read all the same.
    @Test func aRefusalIsReadWhateverBecameOfTheCall() async throws {
        let refusal = #"{"error":"org.varlink.service.PermissionDenied","parameters":{}}"# + "\u{0}"
        let (error, _) = try await outcome(of: client()) { descriptor in
            _ = Glibc.send(descriptor, refusal, refusal.utf8.count, Int32(MSG_NOSIGNAL))
        }
        #expect(error == .permissionDenied(path: path))
    }

    @Test func whatAServerSaysIsShownInOneLine() async throws {
        let answers = [
            #"{"error":"x.\u001b[31m\nBad"}"#, #"{"parameters":{"problem":"a\u001b]0;title\u0007b"}}"#,
            #"{"error":"io.importwatchd.OtherState","parameters":{"state_path":"/a\u001bb"}}"#,
        ]
        for answer in answers.map({ $0 + "\u{0}" }) {
            let (error, _) = try await outcome(of: client()) { descriptor in
                _ = Glibc.send(descriptor, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                usleep(200_000)
            }
            let text = try #require(error?.description)
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "\(text)")
        }
    }
}

/// A Unix socket that listens, and what is done with each connection on a thread of its own.
private final class ListeningSocket: Sendable {
    private let descriptor: Int32

    init(_ path: String, _ serve: @escaping @Sendable (Int32) -> Void) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        unlink(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, listen(descriptor, 16) == 0 else {
            throw ControlError.failed(path: path, reason: "errno \(errno)")
        }
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                serve(client)
                close(client)
            }
        }
    }

    /// Has the thread end.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}

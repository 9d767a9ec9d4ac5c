import Foundation
import ImportWatch
import Platform
import Testing

@Suite @MainActor struct SpawnedProgramsTests {
    private let programs = SpawnedPrograms()

    private func run(
        _ arguments: String...,
        timeout: Duration = .seconds(60),
        limit: Int = 1 << 16
    ) async throws(ProcessError) -> String {
        String(decoding: try await programs.run(arguments, timeout: timeout, outputLimit: limit), as: UTF8.self)
    }

    @Test func theLastLineOnStandardErrorIsKeptHoweverMuchThereIs() async {
        let script =
            "i=0; while [ $i -lt 20000 ]; do echo noise $i >&2; i=$((i+1)); done; echo the reason >&2; echo >&2; exit 4"
        await #expect(throws: ProcessError.failed(program: "sh", status: 4, said: "the reason")) {
            try await run("sh", "-c", script, timeout: .seconds(60))
        }
        await #expect(throws: ProcessError.timeout(program: "sh", limit: .milliseconds(500), said: "waiting")) {
            try await run("sh", "-c", "echo waiting >&2; exec sleep 600", timeout: .milliseconds(500))
        }
        await #expect(throws: ProcessError.failed(program: "sh", status: 5, said: nil)) {
            try await run("sh", "-c", "exec 2>&-; sleep 0.1; exit 5", timeout: .seconds(60))
        }
    }

    @Test func returnsWhatAProgramWrites() async throws {
        #expect(try await run("printf", "%s|", "a b", "$HOME", "") == "a b|$HOME||")
        #expect(try await run("/bin/sh", "-c", "echo out; echo secret >&2; cat") == "out\n")
        #expect(try await run("true") == "")
    }

    @Test func saysHowItEnded() async {
        await #expect(throws: ProcessError.failed(program: "sh", status: 3)) {
            try await run("/bin/sh", "-c", "echo x; exit 3")
        }
        await #expect(throws: ProcessError.signalled(program: "sh", signal: 9)) {
            try await run("/bin/sh", "-c", "kill -9 $$")
        }
        await #expect(
            throws: ProcessError.notStarted(program: "program", reason: "No such file or directory")
        ) { try await run("/no/such/program", "--secret=1") }
    }

    @Test func endsOneThatHangs() async {
        await #expect(throws: ProcessError.timeout(program: "sleep", limit: .milliseconds(200))) {
            try await run("sleep", "1000", timeout: .milliseconds(200))
        }
        await #expect(throws: ProcessError.timeout(program: "sh", limit: .milliseconds(200))) {
            try await run("/bin/sh", "-c", "exec >&-; sleep 1000", timeout: .milliseconds(200))
        }
    }

    @Test func endsOneThatWritesTooMuch() async {
        await #expect(throws: ProcessError.tooMuchOutput(program: "head", limit: 1000)) {
            try await run("head", "-c", "100000000", "/dev/zero", limit: 1000)
        }
    }

    @Test func endsWhatItStartedItself() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("pid").path
        await #expect(throws: ProcessError.self) {
            try await run("/bin/sh", "-c", "sleep 1000 & echo $! > '\(file)'; wait", timeout: .milliseconds(500))
        }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        var isGone = false
        for _ in 0..<500 where !isGone {
            let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? "gone"
            isGone = state == "gone" || state.contains(") Z ")
            if !isGone { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(isGone)
    }

    @Test func severalRunAtOnce() async throws {
        async let slow = run("/bin/sh", "-c", "read line < /dev/stdin; echo slow")
        async let quick = run("echo", "quick")
        #expect(try await quick == "quick\n")
        #expect(try await slow == "slow\n")
    }
}

import Foundation
import TestSupport
import Testing

/// `importwatchctl jobs`, by many at once and where the daemon refuses what it brings about.
@Suite(.serialized) struct JobsCommandTests {
    private static let scenario = #"{"jobs": [{"id": "job-{n}", "count": 80, "timeline": [{"status": "PROCESSING"}]}]}"#

    /// A folder with lists in `jobs.d`; the control socket lies apart from the state, as it does under systemd.
    private struct World {
        let harness: DaemonHarness
        var list: String { harness.folder.path + "/jobs.d/local.list" }

        init(_ more: String = "") async throws {
            harness = try await DaemonHarness(JobsCommandTests.scenario, jobs: [])
            for folder in ["jobs.d", "run"] {
                try FileManager.default.createDirectory(
                    atPath: harness.folder.path + "/" + folder,
                    withIntermediateDirectories: false
                )
            }
            try configure(more)
        }

        func configure(_ more: String) throws {
            try harness.folder.write(
                "importwatchd.toml",
                """
                region = "eu-west-1"
                endpoint_url = "\(harness.simulator.service)"
                jobs_files = ["jobs.d/*.list"]
                \(more)
                """
            )
        }

        var environment: [String: String] {
            Simulator.environment.merging(["RUNTIME_DIRECTORY": harness.folder.path + "/run"]) { $1 }
        }

        func daemon() async throws -> TestProcess {
            let daemon = try harness.daemon(environment: environment)
            try await daemon.waitFor("started with")
            return daemon
        }

        func start(_ arguments: [String]) throws -> TestProcess {
            try TestProcess(
                "importwatchctl",
                arguments + ["--config", harness.configuration],
                environment: environment
            )
        }

        func tool(_ arguments: [String]) async throws -> (status: Int32, printed: String) {
            let process = try start(arguments)
            let status = try await process.exitStatus(seconds: 60)
            return (status, process.printed)
        }

        func isWatched(_ job: String) async throws -> Bool {
            try await tool(["status", "--json", "--job", job]).printed.contains("\"id\":\"\(job)\"")
        }

        var listed: Data? { FileManager.default.contents(atPath: list) }
        var text: String { listed.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    }

    // MARK: Many at once

    @Test func twentyAddsAtOnceAreAllKeptAndWatched() async throws {
        let world = try await World()
        let daemon = try await world.daemon()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let (status, printed) = try await world.tool(["jobs", "add", "job-\(number)"])
                    #expect(status == 0, "\(printed)")
                    #expect(try await world.isWatched("job-\(number)"), "job-\(number), which was added")
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(world.text.split(separator: "\n")) == Set((0..<20).map { "job-\($0)" }))
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.harness.folder.path + "/jobs.d").count == 1)
        try await daemon.stopsInTime()
    }

    /// Each adds and removes jobs of its own, at random, and finds list and daemon as it left them.
    @Test(arguments: [1, 2] as [UInt64]) func addsAndRemovesAtOnceDisturbNobody(seed: UInt64) async throws {
        let world = try await World()
        let daemon = try await world.daemon()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &* 100 &+ UInt64(worker))
                    var mine: Set<String> = []
                    for _ in 0..<5 {
                        let job = "job-\(worker * 4 + Int.random(in: 0..<4, using: &random))"
                        let isAdded = !mine.contains(job)
                        let (status, printed) = try await world.tool(["jobs", isAdded ? "add" : "remove", job])
                        #expect(status == 0, "seed \(seed): \(printed)")
                        if isAdded { mine.insert(job) } else { mine.remove(job) }
                        #expect(try await world.isWatched(job) == isAdded, "seed \(seed): \(job)")
                    }
                    let listed = Set(world.text.split(separator: "\n").map(String.init))
                    let own = Set((0..<4).map { "job-\(worker * 4 + $0)" })
                    #expect(listed.intersection(own) == mine, "seed \(seed)")
                }
            }
            try await group.waitForAll()
        }
        try await daemon.stopsInTime()
    }

    /// Another one's edit that was not taken up yet is, before one is told that the job is listed already.
    @Test func aJobThatIsListedButNotTakenUpIsTakenUp() async throws {
        let world = try await World()
        let daemon = try await world.daemon()
        try world.harness.folder.write("jobs.d/local.list", "job-1\n")
        let (status, printed) = try await world.tool(["jobs", "add", "job-1"])
        #expect(status == 0 && printed.contains("job job-1 is listed already"), "\(printed)")
        #expect(try await world.isWatched("job-1"))
        try await daemon.stopsInTime()
    }

    @Test func aLockThatNobodyGivesBackIsWaitedForTenSecondsOnly() async throws {
        let world = try await World()
        let descriptor = open(world.harness.folder.path + "/jobs.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        let (status, printed) = try await world.tool(["jobs", "add", "job-1"])
        #expect(status == 1 && printed.contains("another program has been changing the lists"), "\(printed)")
        #expect(world.listed == nil)
    }

    // MARK: Refused

    /// What only a running daemon refuses: a state of another path.
    private static let otherState = "[state]\npath = \"other.sqlite\""

    @Test func aRefusedReloadTakesTheChangeBack() async throws {
        let world = try await World()
        let daemon = try await world.daemon()
        try world.configure(Self.otherState)
        let added = try await world.tool(["jobs", "add", "job-1"])
        #expect(added.status == 6, "\(added.printed)")
        #expect(added.printed.contains("restart for that") && added.printed.contains("taken back"), "\(added.printed)")
        #expect(world.listed == nil, "a new list is gone again")

        let before = Data("# caf\u{E9}\r\njob-1 # ours\r\n\r\n job-2\r\n".unicodeScalars.map { UInt8($0.value) })
        try before.write(to: URL(fileURLWithPath: world.list))
        let removed = try await world.tool(["jobs", "remove", "job-1", "job-2"])
        #expect(removed.status == 6 && removed.printed.contains("taken back"), "\(removed.printed)")
        #expect(world.listed == before)
        #expect(try await world.tool(["jobs", "add", "job-3"]).status == 6)
        #expect(world.listed == before)
        #expect(try await !world.isWatched("job-3"))
        try await daemon.stopsInTime()
    }

    @Test(arguments: [("add", "job-9"), ("remove", "job-1")])
    func onlyOnesOwnChangeIsTakenBack(command: String, job: String) async throws {
        let world = try await World()
        let daemon = try await world.daemon()
        try world.configure(Self.otherState)
        try world.harness.folder.write("jobs.d/local.list", "job-1 # ours\njob-2\n")
        let before = world.listed
        daemon.signal(SIGSTOP)
        let tool = try world.start(["jobs", command, job])
        try await tool.waitUntil("the list to change") { world.listed != before }
        let handle = try #require(FileHandle(forUpdatingAtPath: world.list))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("job-3\n".utf8))
        try handle.close()
        daemon.signal(SIGCONT)
        #expect(try await tool.exitStatus() == 6, "\(tool.printed)")
        #expect(
            Set(world.text.split(separator: "\n")) == ["job-1 # ours", "job-2", "job-3"],
            "\(tool.printed)\n\(world.text)"
        )
        try await daemon.stopsInTime()
    }

    @Test(arguments: [false, true]) func whatWouldMakeTheConfigurationBadIsNotWritten(isRunning: Bool) async throws {
        let world = try await World()
        let daemon = isRunning ? try await world.daemon() : nil
        try world.configure(
            """
            [[source]]
            name = "b"
            jobs_files = ["jobs.d/*.list"]
            """
        )
        let (status, printed) = try await world.tool(["jobs", "add", "job-1"])
        #expect(status == 6 && printed.contains("listed by the sources default and b"), "\(printed)")
        #expect(world.listed == nil)
        try await daemon?.stopsInTime()
    }

    @Test func linesEndedAsWindowsDoesAreRemovedToo() async throws {
        let world = try await World()
        let text = "\u{FEFF}job-1\r\njob-2\r\n# caf\u{E9}\r\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: world.list))
        #expect(try await world.tool(["jobs", "remove", "job-1"]).status == 0)
        #expect(world.listed == Data("\u{FEFF}job-2\r\n# caf\u{E9}\r\n".utf8))
        let again = try await world.tool(["jobs", "add", "job-2"])
        #expect(again.status == 0 && again.printed.contains("listed already"), "\(again.printed)")
    }

    @Test func whoMayNotWriteTheListIsToldWhoMay() async throws {
        guard geteuid() == 0 else {
            print("SKIPPED: only root can play another user")
            return
        }
        let world = try await World()
        for path in [world.harness.folder.path, world.harness.folder.path + "/jobs.d", world.harness.configuration] {
            #expect(chmod(path, 0o755) == 0)
        }
        for file in [nil, "job-1\n"] {
            if let file {
                try world.harness.folder.write("jobs.d/local.list", file)
                #expect(chmod(world.list, 0o644) == 0)
            }
            let stranger = try TestProcess(
                "/usr/bin/setpriv",
                [
                    "--reuid", "65534", "--regid", "65534", "--clear-groups",
                    TestProcess.products.appendingPathComponent("importwatchctl").path, "jobs", "add", "job-2",
                    "--config", world.harness.configuration,
                ]
            )
            #expect(try await stranger.exitStatus() == 1)
            #expect(
                stranger.printed.hasPrefix(
                    "importwatchctl: \(world.list): the user nobody may not write it; it belongs to root: "
                        + "run sudo importwatchctl jobs add "
                ),
                "\(stranger.printed)"
            )
            #expect(world.listed == file.map { Data($0.utf8) })
        }
    }
}

import Foundation
import ImportWatch
import TestSupport
import Testing

/// States, disks, metrics files and configurations that can't be used, and with what exit status programs end.
@Suite struct StateGoldenTests {
    private static let scenario = """
        {"jobs": [{"id": "job-a", "timeline": [{"status": "COMPLETED"}]},
                  {"id": "job-b", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]}],
         "webhooks": [{"name": "down", "probability": 1, "retry_after": 3600}]}
        """

    /// - Parameter delay: An hour, where a job that is at work is asked about once only.
    private static func configuration(_ jobs: String, _ more: String = "", delay: String = "1h") -> String {
        """
        region = "eu-west-1"
        endpoint_url = "http://SES"
        jobs = [\(jobs)]
        [polling]
        requests_per_second = 50
        min_delay = "\(delay)"
        max_delay = "\(delay)"
        [[webhook]]
        name = "down"
        url = "http://HOOKS/hook/down"
        secret_file = "secret"
        \(more)
        """
    }

    @Test func damage() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        try world.configure(Self.configuration("\"job-a\""))
        try world.folder.write("state.sqlite", String(repeating: "no database\n", count: 500))
        let first = try world.daemon()
        try await world.wait(for: .jobCompleted, of: first)
        try await world.show(["deliveries", "--json"], once: [#""journal"[^}]*"delivered""#, #""http_status":500"#])
        for suffix in ["", "-wal", "-shm", ".lock"] { unlink(world.folder.path + "/state.sqlite" + suffix) }
        try world.configure(Self.configuration("\"job-a\", \"job-b\""))
        first.signal(SIGHUP)
        try await world.wait(for: .stateSetAside, of: first, times: 2)
        try await world.show(["deliveries", "--json"], once: [#""down","state":"pending","attempts":1"#])
        try await first.stopsInTime()
        try world.checkJournal("state-damaged-journal")
        let sql = """
            UPDATE job SET first_seen_at = 'never' WHERE id = 'job-b'; DELETE FROM event;
            """
        try await change(world, sql)
        try await world.show(["status", "--json"])
        try await world.show(["deliveries", "--json"])
        let second = try world.daemon()
        try await world.wait(for: .stateRowsUnreadable, of: second)
        try await world.wait(for: .started, of: second, times: 2)
        try await world.show(["deliveries", "--json"])
        try await world.show(["deliveries"], and: Normalisation.tables)
        try await world.show(program: [Self.daemon, "--config", world.configuration], as: "importwatchd, a second")
        try await second.stopsInTime()
        try await change(world, "PRAGMA user_version = 99")
        try await world.show(["status"])
        try await world.show(["check"])
        try await world.show(
            program: [Self.daemon, "--config", world.configuration],
            as: "importwatchd, a newer state"
        )
        truncate(world.folder.path + "/state.sqlite", 0)
        try await world.show(["status"])
        try world.check("state-unusable")
        try world.checkJournal("state-unreadable-journal", only: [.stateRowsUnreadable])
    }

    private static let daemon = TestProcess.products.appendingPathComponent("importwatchd").path

    private func change(_ world: GoldenWorld, _ sql: String) async throws {
        let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.executescript(sys.argv[2])\nc.commit()"
        let path = world.folder.path + "/state.sqlite"
        let (status, printed) = try await world.run(["/usr/bin/env", "python3", "-c", script, path, sql])
        #expect(status == 0, "\(printed)")
    }

    @Test func aFullDisk() async throws {
        guard let disk = try await SmallDisk(), let world = try await GoldenWorld(Self.scenario) else { return }
        world.name(disk.folder.path, as: "DISK")
        try world.configure(Self.configuration("\"job-b\"", disk.state, delay: "100ms"))
        let daemon = try world.daemon()
        try await daemon.waitUntil("the job's record") {
            try await world.tool(["status"]).printed.contains("PROCESSING")
        }
        disk.fill()
        try world.simulator.change(#"{"jobs": [{"id": "job-b", "timeline": [{"status": "COMPLETED"}]}]}"#)
        try await world.wait(for: .stateUnavailable, of: daemon)
        try await world.show(["status", "--json"])
        try disk.free()
        try await world.wait(for: .stateAvailable, of: daemon)
        try await world.wait(for: .jobCompleted, of: daemon)
        try await daemon.stopsInTime()
        try world.check("disk-full-tool")
        let count = (pattern: #"DURATION and \d+ failed attempts?"#, template: "DURATION and N failed attempts")
        try world.checkJournal("disk-full-journal", without: [.webhookUnavailable], and: [count])
    }

    /// Metrics that can't be written, and a control socket that can't be opened.
    @Test func folders() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        let folder = world.folder.path + "/missing"
        try world.configure(Self.configuration("\"job-b\"", "[metrics]\ntextfile = \"\(folder)/metrics.prom\""))
        let daemon = try world.daemon(["RUNTIME_DIRECTORY": world.folder.path + "/secret"])
        try await world.wait(for: .metricsUnavailable, of: daemon)
        mkdir(folder, 0o755)
        // They are written every 15 s.
        try await world.wait(for: .metricsWritten, of: daemon)
        try await daemon.stopsInTime()
        try world.checkJournal("folders-journal")
    }

    /// More entries at once than may wait for the journal.
    @Test func droppedEntries() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        // A warning for each that is listed twice.
        let jobs = (0...1100).map { "\"job-\($0)\"" }
        try world.configure(Self.configuration((jobs + jobs).joined(separator: ", ")))
        let daemon = try world.daemon()
        try await world.wait(for: .entriesDropped, of: daemon)
        try await daemon.stopsInTime()
        try world.checkJournal("dropped-journal", only: [.entriesDropped])
    }

    /// Configurations with which no daemon starts, on stderr and, under systemd, in the journal.
    @Test func badConfigurations() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        let systemd = ["INVOCATION_ID": "0123456789abcdef0123456789abcdef"]
        func start(_ title: String) async throws {
            try await world.show(program: [Self.daemon, "--config", world.configuration], as: "importwatchd, \(title)")
            let daemon = try world.daemon(systemd)
            let status = try await daemon.exitStatus()
            world.note("$ importwatchd under systemd, \(title)", daemon.printed + "exit \(status)")
        }
        try await start("no configuration")
        try world.configure("jobs = [\"a\"\ncolour = 3")
        try await start("no TOML")
        try world.configure("jobs = [\"a\"]")
        try await start("no Region")
        try world.configure("region = \"eu-west-1\"\ncolour = 3\njobs = [\"a\", \"a\"]\n[state]\nkeep = \"long\"\n")
        try await start("two mistakes")
        try world.configure(Self.configuration("\"job-a\"", "[state]\npath = \"/proc/importwatchd/state\""))
        try await start("no place for a state")
        let stranger = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        chmod(world.configuration, 0o600)
        chmod(world.folder.path, 0o755)
        try await world.show(
            program: stranger + [Self.daemon, "--config", world.configuration],
            as: "importwatchd, another user"
        )
        try world.check("cannot-start")
        try world.checkJournal("cannot-start-journal")
    }
}

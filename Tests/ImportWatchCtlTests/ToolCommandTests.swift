import Foundation
import JSON
import TestSupport
import Testing

/// The commands that send samples and edit lists, as processes.
@Suite(.serialized) struct ToolCommandTests {
    private func world(_ webhook: String = "") async throws -> DaemonHarness {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}, {"id": "b", "timeline": [{"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"\(webhook)}]}
            """,
            jobs: ["a"]
        )
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        try FileManager.default.createDirectory(
            atPath: harness.folder.path + "/jobs.d",
            withIntermediateDirectories: false
        )
        try harness.folder.write("importwatchd.toml", "jobs_files = [\"jobs.d/*.list\"]\n" + text)
        return harness
    }

    // MARK: test-webhook

    @Test func aSampleArrivesSignedAndNoSecretIsShown() async throws {
        let harness = try await world()
        for _ in 0..<2 {
            let (status, printed) = try await harness.tool(["test-webhook", "ops"])
            #expect(status == 0, "\(printed)")
            #expect(printed.contains("> webhook-id: evt_") && printed.contains("the receiver took it"))
            #expect(printed.contains("> webhook-signature: [redacted]"))
            #expect(!printed.contains("/hook/ops") && !printed.contains("whsec_") && !printed.contains("v1,"))
        }
        let arrivals = try await harness.delivered()
        #expect(arrivals.allSatisfy { $0.signatureValid && $0.jobId == "sample-job" })
        #expect(Set(arrivals.map(\.id)).count == 2)
        let unknown = try await harness.tool(["test-webhook", "nobody"])
        #expect(unknown.status == 6)
    }

    @Test func aReceiverThatRefusesIsSaid() async throws {
        let harness = try await world(#", "probability": 1, "status": 403"#)
        let (status, printed) = try await harness.tool(["test-webhook", "ops"])
        #expect(status == 1 && printed.contains("< the receiver answered HTTP 403 after "))
    }

    // MARK: check

    @Test func rootIsToldWhatTheDaemonsUserWouldBeTold() async throws {
        guard geteuid() == 0 else {
            print("SKIPPED: only root can try files out for another user")
            return
        }
        let harness = try await world()
        let secret = harness.folder.path + "/secret"
        #expect(chmod(harness.folder.path, 0o777) == 0 && chmod(harness.configuration, 0o644) == 0)
        #expect(chmod(secret, 0o600) == 0 && chmod(harness.folder.path + "/jobs.d", 0o755) == 0)
        let unreadable = try await harness.tool(["check", "--user", "nobody"])
        #expect(unreadable.status == 6, "\(unreadable.printed)")
        #expect(unreadable.printed.contains("\(secret): permission denied; give the daemon's user read access"))
        #expect(try await harness.tool(["check", "--user", "root"]).status == 0)
        #expect(chmod(secret, 0o644) == 0)
        #expect(try await harness.tool(["check", "--user", "nobody"]).status == 0)
        #expect(chmod(harness.folder.path, 0o755) == 0)
        let folder = try await harness.tool(["check", "--user", "nobody"])
        #expect(folder.status == 1)
        #expect(folder.printed.contains("nobody can't write to \(harness.folder.path), where the state lies"))
        #expect(chmod(harness.configuration, 0o600) == 0)
        let configuration = try await harness.tool(["check", "--user", "nobody"])
        #expect(configuration.status == 4)
        #expect(configuration.printed.contains("permission denied for nobody; chgrp nobody it and chmod 640 it"))
        let absent = try await harness.tool(["check", "--user", "no-such-user"])
        #expect(absent.status == 6 && absent.printed.contains("there is no user no-such-user"))
    }

    /// One thing wrong at a time: the tool passes what the daemon starts with, and ends as the daemon would otherwise.
    @Test(
        arguments: [
            ("", 0, nil),
            ("no region", 6, "source default has no region"),
            ("bad endpoint", 6, "source default: "),
            ("state without a folder", 1, "there is no folder"),
            ("newer state", 1, "is newer than this program's"),
            ("damaged state", 0, "the daemon puts it aside and begins a new one"),
            ("no such profile", 0, "warning: source default: profile absent: "),
            ("metrics without a folder", 0, "metrics can't be written to"),
        ] as [(String, Int32, String?)]
    )
    func passesOnlyWhatTheDaemonStartsWith(_ wrong: String, _ expected: Int32, _ words: String?) async throws {
        let harness = try await world()
        let path = harness.configuration
        func change(_ old: String, _ new: String) throws {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try harness.folder.write("importwatchd.toml", text.replacing(old, with: new) + "\n")
        }
        var environment = Simulator.environment
        switch wrong {
        case "no region":
            try change("region = \"eu-west-1\"", "")
            environment = ["HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"]
        case "bad endpoint":
            try change("endpoint_url", "# endpoint_url")
            environment["AWS_ENDPOINT_URL"] = "gopher://nowhere"
        case "no such profile": try change("region =", "profile = \"absent\"\nregion =")
        case "state without a folder": try change("[polling]", "[state]\npath = \"absent/too/state.sqlite\"\n[polling]")
        case "metrics without a folder": try change("[polling]", "[metrics]\ntextfile = \"absent/m.prom\"\n[polling]")
        case "damaged state": try harness.folder.write("state.sqlite", String(repeating: "no database ", count: 400))
        case "newer state":
            let daemon = try harness.daemon()
            try await daemon.waitUntil("the start") { daemon.printed.contains("started") }
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
            let state = try FileHandle(forUpdating: URL(filePath: harness.folder.path + "/state.sqlite"))
            // The user version of a database's header.
            try state.seek(toOffset: 60)
            try state.write(contentsOf: [0, 0, 3, 231])
            try state.close()
        default: break
        }
        let tool = try TestProcess("importwatchctl", ["check", "--config", path], environment: environment)
        let status = try await tool.exitStatus()
        #expect(status == expected, "\(tool.printed)")
        if let words { #expect(tool.printed.contains(words), "\(tool.printed)") }
        let daemon = try harness.daemon(environment: environment)
        if expected == 0 {
            try await daemon.waitUntil("the start") { daemon.printed.contains("started") }
            daemon.signal(SIGTERM)
        }
        #expect(try await daemon.exitStatus() == expected, "\(daemon.printed)")
    }

    /// On a terminal the line and a caret are shown, without anything in it that may be a secret.
    @Test func onATerminalTheLineIsShownWithoutSecrets() async throws {
        let harness = try await world()
        let path = try harness.folder.write(
            "bad.toml",
            """
            jobs = ["a"]
            region = "nowhere at all"
            [[webhook]]
            name = "ops"
            url = "https://hooks.example.com"
            headers = { Authorization = "Bearer private", "bad private" = "x" }
            timeout = "never"
            secret = "private"
            "Bearer private" = 5
            """
        )
        let terminal = try await PythonClients.run(
            "on-a-terminal.py",
            [
                "100", "never", TestProcess.products.appendingPathComponent("importwatchctl").path, "check", "--config",
                path,
            ]
        )
        let output = try #require(terminal["output"]?.string)
        #expect(output.contains("\u{1B}[31merror\u{1B}[0m"))
        #expect(output.contains("  region = \"******* ** ***\"\r\n           ^"))
        #expect(output.contains("headers = { ************* = \"****** *******\", \"*** *******\" = \"*\" }"))
        #expect(output.contains("  timeout = \"*****\"\r\n            ^"))
        #expect(!output.contains("private"))
    }

    // MARK: Completions

    @Test(arguments: [
        ("test-webhook --config CONFIG ''", "ops"), ("replay --config CONFIG --webhook ''", "ops"),
        ("check --config FOLDER/importw", "CONFIG"),
    ])
    func theShellCompletesFilesAndWebhooks(words: String, completion: String) async throws {
        let harness = try await world()
        let tool = TestProcess.products.path
        let filled = words.replacing("CONFIG", with: harness.configuration).replacing(
            "FOLDER",
            with: harness.folder.path
        )
        let script = """
            PATH='\(tool)':$PATH; source <(importwatchctl --generate-completion-script bash)
            COMP_WORDS=(importwatchctl \(filled)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _importwatchctl importwatchctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[@]}"
            """
        let shell = try TestProcess("/bin/bash", ["-c", script])
        _ = try await shell.exitStatus()
        let wanted = completion.replacing("CONFIG", with: harness.configuration)
        #expect(
            shell.printed.split(separator: "\n").last.map { $0.split(separator: " ").contains(Substring(wanted)) }
                == true,
            "\(shell.printed)"
        )
    }

    // MARK: jobs

    @Test func addedAndRemovedJobsAreTakenUpByTheDaemon() async throws {
        let harness = try await world()
        let list = harness.folder.path + "/jobs.d/local.list"
        let offline = try await harness.tool(["jobs", "add", "early"])
        if geteuid() == 0 {
            let status = try FileManager.default.attributesOfItem(atPath: list)
            let folder = try FileManager.default.attributesOfItem(atPath: harness.folder.path + "/jobs.d")
            #expect(status[.groupOwnerAccountID] as? Int == folder[.groupOwnerAccountID] as? Int)
        }
        #expect(offline.status == 0 && offline.printed.hasSuffix("no daemon runs; it reads the lists at its start\n"))
        try harness.folder.write("jobs.d/local.list", "# ours\n early # soon\n\n")
        #expect(chmod(list, 0o604) == 0 && (geteuid() != 0 || chown(list, 65_534, 65_534) == 0))
        let daemon = try harness.daemon()
        try await daemon.waitFor("started with")

        let added = try await harness.tool(["jobs", "add", "b", "a", "early", "c"])
        #expect(added.status == 0, "\(added.printed)")
        #expect(added.printed.contains("job a is listed already\njob early is listed already\n"))
        #expect(added.printed.contains("local.list: 2 jobs added\nreloaded: 2 jobs added, 0 removed\n"))
        #expect(try String(contentsOfFile: list, encoding: .utf8) == "# ours\n early # soon\n\nb\nc\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: list)
        #expect(attributes[.posixPermissions] as? Int == 0o604)
        if geteuid() == 0 { #expect(attributes[.ownerAccountID] as? Int == 65_534) }
        try await daemon.waitUntil("the notification") { try await harness.delivered().count == 1 }

        let removed = try await harness.tool(["jobs", "remove", "early", "c", "a", "nowhere"])
        #expect(removed.status == 1)
        #expect(removed.printed.contains("reloaded: 0 jobs added, 2 removed\n"))
        #expect(removed.printed.contains("job a stands in jobs = […] of \(harness.configuration); edit that"))
        #expect(removed.printed.contains("job nowhere stands in no list"))
        #expect(try String(contentsOfFile: list, encoding: .utf8) == "# ours\n\nb\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: harness.folder.path + "/jobs.d") == ["local.list"])
    }

    @Test func aListThatIsNotTheConfigurationsIsRefused() async throws {
        let harness = try await world()
        let other = try harness.folder.write("other.list", "x\n")
        let (status, printed) = try await harness.tool(["jobs", "add", "--list", other, "y"])
        #expect(status == 2 && printed.contains("no entry of jobs_files stands for"))
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "x\n")
        let named = harness.folder.path + "/jobs.d/new.list"
        #expect(try await harness.tool(["jobs", "add", "--list", named, "y"]).status == 0)
        #expect(try String(contentsOfFile: named, encoding: .utf8) == "y\n")
        #expect(try await harness.tool(["jobs", "add", ".."]).status == 2)
        #expect(try await harness.tool(["jobs", "add", "a#b"]).status == 2)
    }
}

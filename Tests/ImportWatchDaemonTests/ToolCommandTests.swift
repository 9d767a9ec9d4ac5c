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

    @Test func rootIsToldWhatTheDaemonsUserCantRead() async throws {
        guard geteuid() == 0 else {
            print("SKIPPED: only root can try files out for another user")
            return
        }
        let harness = try await world()
        #expect(chmod(harness.folder.path, 0o755) == 0 && chmod(harness.configuration, 0o644) == 0)
        #expect(chmod(harness.folder.path + "/secret", 0o600) == 0)
        let (status, printed) = try await harness.tool(["check", "--user", "nobody"])
        #expect(status == 0)
        #expect(printed.contains("the user nobody can't read \(harness.folder.path)/secret; chgrp nobody it"))
        #expect(printed.contains("the user nobody can't write to \(harness.folder.path), where the state lies"))
        #expect(!printed.contains("can't read \(harness.configuration)"))
        #expect(try await !harness.tool(["check", "--user", "root"]).printed.contains("the user root"))
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

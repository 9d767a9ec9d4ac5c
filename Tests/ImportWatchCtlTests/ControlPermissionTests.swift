import Foundation
import TestSupport
import Testing

/// Who may ask a running daemon what, and what those are told who may not.
@Suite(.serialized) struct ControlPermissionTests {
    private static let group = 54_321

    private func world() async throws -> (harness: DaemonHarness, daemon: TestProcess)? {
        guard geteuid() == 0 else {
            print("SKIPPED: only root can play other users")
            return nil
        }
        let harness = try await DaemonHarness(#"{"jobs": []}"#, jobs: ["a"])
        let path = harness.folder.path
        #expect(chmod(path, 0o750) == 0 && chown(path, 0, gid_t(Self.group)) == 0)
        #expect(chmod(harness.configuration, 0o640) == 0 && chown(harness.configuration, 0, gid_t(Self.group)) == 0)
        let daemon = try TestProcess(
            "/usr/bin/setpriv",
            [
                "--regid", String(Self.group), "--clear-groups",
                TestProcess.products.appendingPathComponent("importwatchd").path, "--config", harness.configuration,
            ],
            environment: Simulator.environment
        )
        try await daemon.waitFor("started with")
        return (harness, daemon)
    }

    private func tool(_ privileges: [String], _ arguments: [String], _ harness: DaemonHarness) async throws -> (
        status: Int32, printed: String
    ) {
        let tool = TestProcess.products.appendingPathComponent("importwatchctl").path
        let process = try TestProcess(
            "/usr/bin/setpriv",
            ["--reuid", "65534"] + privileges + [tool] + arguments + ["--config", harness.configuration]
        )
        let status = try await process.exitStatus()
        return (status, process.printed)
    }

    @Test(arguments: [["--regid", "65533", "--groups", "7,54321"], ["--regid", "54321", "--clear-groups"]])
    func theDaemonsGroupMayReadOnly(membership: [String]) async throws {
        guard let (harness, daemon) = try await world() else { return }
        for command in [["status"], ["status", "--job", "a"], ["deliveries"]] {
            let (status, printed) = try await tool(membership, command, harness)
            #expect(status == 0, "\(command): \(printed)")
        }
        for command in [["reload"], ["replay", "--dead"]] {
            let (status, printed) = try await tool(membership, command, harness)
            #expect(status == 1, "\(command): \(printed)")
            #expect(
                printed == "importwatchctl: control socket \(harness.folder.path)/state.sqlite.control: this user may "
                    + "not do that; run as root or as the daemon's user (its group may use status and deliveries)\n",
                "\(printed)"
            )
        }
        #expect(!daemon.printed.contains("reloaded"))
        try await daemon.stopsInTime()
    }

    /// Even where the socket's own mode lets everybody in.
    @Test func aStrangerIsRefusedInASentence() async throws {
        guard let (harness, daemon) = try await world() else { return }
        let path = harness.folder.path
        #expect(chmod(path, 0o755) == 0 && chmod(harness.configuration, 0o644) == 0)
        for mode in [0o660, 0o777] as [mode_t] {
            #expect(chmod(path + "/state.sqlite.control", mode) == 0)
            for command in ["status", "deliveries", "reload"] {
                let (status, printed) = try await tool(["--regid", "65533", "--clear-groups"], [command], harness)
                #expect(status == 1 && printed.contains("this user may not do that; run as root"), "\(printed)")
            }
        }
        #expect(try await harness.tool(["status"]).status == 0)
        try await daemon.stopsInTime()
    }

    /// A process that is stopped takes connections, and answers none.
    @Test func aStoppedDaemonIsSaidToBeStopped() async throws {
        let harness = try await DaemonHarness(#"{"jobs": []}"#, jobs: ["a"])
        let daemon = try harness.daemon()
        try await daemon.waitFor("started with")
        daemon.signal(SIGSTOP)
        for command in ["status", "deliveries", "reload"] {
            let begun = Date()
            let (status, printed) = try await harness.tool([command])
            let took = Date().timeIntervalSince(begun)
            #expect(status == 1 && printed.contains("no answer in 3 s; is importwatchd stopped"), "\(printed)")
            #expect(took < 15, "\(command): \(took) s")
        }
        daemon.signal(SIGCONT)
        #expect(try await harness.tool(["status"]).status == 0)
        try await daemon.stopsInTime()
    }

    @Test func whereNobodyListensEveryPlaceIsNamed() async throws {
        let harness = try await DaemonHarness(#"{"jobs": []}"#, jobs: ["a"])
        for command in ["reload", "status"] {
            let process = try TestProcess(
                "importwatchctl",
                [command, "--config", harness.configuration],
                environment: ["RUNTIME_DIRECTORY": harness.folder.path + "/run"]
            )
            #expect(try await process.exitStatus() == 1)
            for place in ["run/control", "state.sqlite.control"] {
                #expect(process.printed.contains(harness.folder.path + "/" + place), "\(process.printed)")
            }
        }
    }
}

import Foundation
import TestSupport
import Testing

@Suite struct ProgramArgumentsTests {
    @Test(arguments: ["importwatchd", "importwatchctl"])
    func argumentsAreReadWhereThereIsNoProc(program: String) async throws {
        let path = TestProcess.products.appendingPathComponent(program).path
        let shell = try TestProcess(
            "/usr/bin/unshare",
            ["--mount", "/bin/sh", "-c", "mount -t tmpfs tmpfs /proc && exec '\(path)' --version"]
        )
        let status = try await shell.exitStatus()
        if shell.printed.contains("unshare failed") || shell.printed.contains("permission denied") {
            return print("SKIPPED: only root can take /proc away")
        }
        #expect(status == 0 && shell.printed.hasPrefix("\(program) 0."), "\(shell.printed)")
    }
}

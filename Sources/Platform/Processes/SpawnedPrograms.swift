import Dispatch
import ImportWatch

/// Runs programs as child processes; waiting for them blocks only a queue that nothing else uses.
@MainActor
public final class SpawnedPrograms: ProcessRunner {
    private let queue = DispatchQueue(label: "programs", attributes: .concurrent)
    private var running: [Int: ProcessGroup] = [:]
    private var started = 0

    /// Nothing runs yet.
    public init() {}

    /// Runs a program, looked up in PATH, to its end.
    public func run(_ arguments: [String], timeout: Duration, outputLimit: Int) async throws(ProcessError) -> [UInt8] {
        let child = try ChildProcess(arguments)
        started += 1
        let number = started
        running[number] = child.group
        let result: Result<[UInt8], ProcessError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(ProcessError) {
                    continuation.resume(
                        returning: .success(try child.output(timeout: timeout, limit: outputLimit))
                    )
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        running[number] = nil
        return try result.get()
    }

    /// Kills every program that runs, with all that it started; whoever waits for one is told that it failed.
    public func endAll() {
        for group in running.values { group.kill() }
    }
}

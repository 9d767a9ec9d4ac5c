import AWS
import Dispatch
import ImportWatch

/// Runs programs as child processes; waiting for them blocks only a queue that nothing else uses.
final class SpawnedPrograms: ProcessRunner {
    private let queue = DispatchQueue(label: "programs", attributes: .concurrent)

    func run(_ arguments: [String], timeout: Duration, outputLimit: Int) async throws(ProcessError) -> [UInt8] {
        let child = try ChildProcess(arguments)
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
        return try result.get()
    }
}

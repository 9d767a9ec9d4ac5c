import Dispatch

/// Runs an actor on a serial Dispatch queue of its own, so that a blocking call there holds up nobody else.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes the queue.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Puts a job in the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

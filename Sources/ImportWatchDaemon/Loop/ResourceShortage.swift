import Glibc

/// The system grants less than the daemon can work with.
nonisolated enum ResourceShortage: Error, Equatable, CustomStringConvertible {
    /// Too few files can be open at once.
    case descriptors(errno: Int32)
    /// Too few threads can run at once.
    case threads(errno: Int32)

    /// How many descriptors must be free at start: what the daemon itself has open, and some for requests and clients.
    static let neededDescriptors = 40
    /// How many threads must be free at start: those that wait for the disk and the journal, and those that work.
    static let neededThreads = 8

    /// One line for a person.
    var description: String {
        switch self {
        case .descriptors(let code):
            "\(Self.neededDescriptors) more files must be able to be open at once: "
                + "\(String(cString: strerror(code))); raise LimitNOFILE= of the unit (ulimit -n)"
        case .threads(let code):
            "\(Self.neededThreads) threads must be able to run at once: \(String(cString: strerror(code))); "
                + "raise LimitNPROC= or TasksMax= of the unit (ulimit -u), or its memory limit"
        }
    }

    /// Tries whether all that is needed can be had; what was taken for that is given back.
    static func check() throws(ResourceShortage) {
        try tryDescriptors()
        try tryThreads()
    }

    private static func tryDescriptors() throws(ResourceShortage) {
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        for _ in 0..<neededDescriptors {
            let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw .descriptors(errno: errno) }
            copies.append(copy)
        }
    }

    /// The threads wait at a mutex until all of them are there.
    private static func tryThreads() throws(ResourceShortage) {
        let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(gate, nil)
        pthread_mutex_lock(gate)
        var threads: [pthread_t] = []
        defer {
            pthread_mutex_unlock(gate)
            for thread in threads { pthread_join(thread, nil) }
            pthread_mutex_destroy(gate)
            gate.deallocate()
        }
        for _ in 0..<neededThreads {
            var thread = pthread_t()
            let code = pthread_create(
                &thread,
                nil,
                { gate in
                    let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self)
                    guard let gate, pthread_mutex_lock(gate) == 0 else { return nil }
                    pthread_mutex_unlock(gate)
                    return nil
                },
                gate
            )
            guard code == 0 else { throw .threads(errno: code) }
            threads.append(thread)
        }
    }
}

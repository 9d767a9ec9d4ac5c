import Foundation

extension TestProcess {
    /// The processor time that the program has used, in seconds.
    public var processorSeconds: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            // The name in parentheses may hold spaces; after it come the fields from the third on.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
                throw Failure(description: "/proc/\(pid)/stat can't be read: \(text)")
            }
            return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// The most memory that the running program has had at once, in megabytes.
    public var peakMegabytes: Int {
        get throws {
            let lines = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8).split(separator: "\n")
            let peak = lines.first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: \.isWhitespace)
            guard let peak, peak.count > 1, let kilobytes = Int(peak[1]) else {
                throw Failure(description: "/proc/\(pid)/status has no VmHWM")
            }
            return kilobytes / 1024
        }
    }

    /// Sends SIGTERM and checks that the program ends with success within 1.5 s, as it promises; answers the time.
    ///
    /// The time is taken on a thread of its own, which other tests don't hold up.
    @discardableResult
    public func stopsInTime(_ allowed: Set<Int32> = [0]) async throws -> Double {
        let took = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let begun = Date()
                self.signal(SIGTERM)
                while self.isRunning, Date().timeIntervalSince(begun) < 10 { usleep(2000) }
                continuation.resume(returning: Date().timeIntervalSince(begun))
            }
        }
        guard took < 1.5, try await allowed.contains(exitStatus(seconds: 1)) else {
            throw Failure(description: "SIGTERM: \(took) s; printed:\n\(printed.suffix(2000))")
        }
        return took
    }
}

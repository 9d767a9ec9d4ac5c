import Glibc
import ImportWatch
import JSON

/// Asks a daemon at its control socket; blocks until it answers.
public struct ControlClient: Sendable {
    private let path: String
    private let timeout: Duration

    /// Names the socket.
    ///
    /// - Parameter timeout: The longest wait for an answer.
    public init(path: String, timeout: Duration = .seconds(30)) {
        self.path = path
        self.timeout = timeout
    }

    /// What is going on.
    ///
    /// - Parameter job: Only this job is shown; all where it is `nil`.
    public func status(job: String? = nil) throws(ControlError) -> StatusReport {
        let parameters: JSONValue = job.map { ["job": .string($0)] } ?? [:]
        guard let report = StatusReport(json: try call("Status", parameters)) else { throw unreadable("status") }
        return report
    }

    /// Has the configuration read anew and waits for the verdict.
    public func reload() throws(ControlError) -> ReloadVerdict {
        guard let verdict = ReloadVerdict(json: try call("Reload")) else { throw unreadable("verdict") }
        return verdict
    }

    /// What a look at every source found, with one real call about a job where one is given.
    public func examine(probe: String?) throws(ControlError) -> [SourceFindings] {
        let answer = try call("Examine", probe.map { ["probe": .string($0)] } ?? [:])
        guard let sources = answer["sources"]?.array else { throw unreadable("findings") }
        return sources.compactMap(SourceFindings.init(json:))
    }

    /// Deliveries as JSON, of a daemon that works on the state at `statePath`, or on any where it is `nil`.
    public func deliveries(_ filter: DeliveryFilter, statePath: String?) throws(ControlError) -> [JSONValue] {
        let answer = try call("Deliveries", filter.json, statePath: statePath)
        guard let deliveries = answer["deliveries"]?.array else { throw unreadable("list") }
        return deliveries
    }

    /// Has deliveries sent again by a daemon that works on the state at `statePath`; answers how many.
    public func replay(_ selection: ReplaySelection, statePath: String?) throws(ControlError) -> Int {
        let answer = try call("Replay", selection.json, statePath: statePath)
        guard let count = answer["replayed"]?.integer else { throw unreadable("number") }
        return Int(count)
    }

    private func unreadable(_ what: String) -> ControlError {
        .badAnswer(path: path, reason: "the \(what) can't be read; is the daemon of another version?")
    }

    private func call(
        _ method: String,
        _ parameters: JSONValue = [:],
        statePath: String? = nil
    ) throws(ControlError) -> JSONValue {
        let descriptor = UnixSocket.make(nonBlocking: true)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        try open(descriptor)
        var members = parameters.object ?? []
        if let statePath { members.append(.init("state_path", .string(ControlPath.canonical(statePath)))) }
        let request: JSONValue = [
            "method": .string("\(ControlInterface.name).\(method)"), "parameters": .object(members),
        ]
        let bytes = request.encoded() + [0]
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw failure(errno)
        }
        return try answer(descriptor)
    }

    /// Connects; a daemon whose queue of connections is full is tried again until the time is over.
    private func open(_ descriptor: Int32) throws(ControlError) {
        var triesLeft = timeout.milliseconds / 20
        while true {
            let code = try UnixSocket.withAddress(path) { connect(descriptor, $0, $1) == 0 ? 0 : errno }
            if code == 0 { break }
            guard code == EAGAIN, triesLeft > 0 else { throw failure(code) }
            triesLeft -= 1
            usleep(20_000)
        }
        _ = fcntl(descriptor, F_SETFL, 0)
        var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private func answer(_ descriptor: Int32) throws(ControlError) -> JSONValue {
        var message: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while message.last != 0 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { throw .permissionDenied(path: path) }
            message.append(contentsOf: chunk.prefix(count))
            guard message.count <= ControlConnection.outputLimit else {
                throw .badAnswer(path: path, reason: "the answer is too long")
            }
        }
        guard let value = try? JSONValue(decoding: message.dropLast()) else {
            throw .badAnswer(path: path, reason: "the answer is no JSON")
        }
        if value["error"]?.string == "\(ControlInterface.name).OtherState" {
            throw .otherState(path: path, state: value["parameters"]?["state_path"]?.string ?? "of another name")
        }
        if let problem = value["parameters"]?["problem"]?.string { throw .badAnswer(path: path, reason: problem) }
        if let error = value["error"]?.string { throw .badAnswer(path: path, reason: "the daemon answered \(error)") }
        return value["parameters"] ?? .object([])
    }

    private func failure(_ code: Int32) -> ControlError {
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR: .nobodyListens(path: path)
        case EACCES, EPERM: .permissionDenied(path: path)
        case EAGAIN: .timeout(path: path)
        default: .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}

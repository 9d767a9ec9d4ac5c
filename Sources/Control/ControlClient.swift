import ImportWatch
import JSON

/// Asks a daemon at its control socket; blocks until it answers.
public struct ControlClient: Sendable {
    /// How long one who reads waits for a sign of life.
    public static let usualPatience = Duration.seconds(3)

    private let path: String
    private let now: @Sendable () -> MonotonicInstant
    private let patience: Duration
    private let limit: Duration

    /// Names the socket.
    ///
    /// - Parameters:
    ///   - now: The clock.
    ///   - patience: The longest silence before a status: a daemon whose loop turns has it at once.
    ///   - limit: The longest time for any call, however steadily its answer comes.
    public init(
        path: String,
        now: @escaping @Sendable () -> MonotonicInstant,
        patience: Duration = Self.usualPatience,
        limit: Duration = .seconds(30)
    ) {
        self.path = path
        self.now = now
        self.patience = patience
        self.limit = limit
    }

    /// What is going on.
    ///
    /// - Parameter job: Only this job is shown; all where it is `nil`.
    public func status(job: String? = nil) throws(ControlError) -> StatusReport {
        try read("status", try call("Status", job.map { ["job": .string($0)] } ?? [:], patience: patience))
    }

    /// Has the configuration read anew and waits for the verdict.
    public func reload() throws(ControlError) -> ReloadVerdict {
        try read("verdict", try call("Reload"))
    }

    /// What a look at every source found, with one real call about a job where one is given.
    public func examine(probe: String?) throws(ControlError) -> [SourceFindings] {
        try read("findings", try call("Examine", probe.map { ["probe": .string($0)] } ?? [:])["sources"])
    }

    /// Deliveries as JSON, of a daemon that works on the state at `statePath`, or on any where it is `nil`.
    public func deliveries(_ filter: DeliveryFilter, statePath: String?) throws(ControlError) -> [JSONValue] {
        try read("list", try call("Deliveries", filter.json, statePath: statePath)["deliveries"])
    }

    /// Has deliveries sent again by a daemon that works on the state at `statePath`; answers how many.
    public func replay(_ selection: ReplaySelection, statePath: String?) throws(ControlError) -> Int {
        try read("number", try call("Replay", selection.json, statePath: statePath)["replayed"])
    }

    private func read<Answer: JSONConvertible>(_ what: String, _ json: JSONValue?) throws(ControlError) -> Answer {
        do throws(JSONMismatch) {
            return try Answer(json: json ?? .null)
        } catch {
            throw .badAnswer(path: path, reason: "the \(what) can't be read; is the daemon of another version?")
        }
    }

    /// - Parameter patience: The longest silence; what takes the daemon a while has all the time there is.
    private func call(
        _ method: String,
        _ parameters: JSONValue = [:],
        statePath: String? = nil,
        patience: Duration? = nil
    ) throws(ControlError) -> JSONValue {
        let socket = try ClientSocket(path, now: now, limit: limit, patience: patience ?? limit)
        var members = parameters.object ?? []
        if let statePath { members.append(.init("state_path", .string(ControlPath.canonical(statePath)))) }
        let request: JSONValue = [
            "method": .string("\(ControlInterface.name).\(method)"), "parameters": .object(members),
        ]
        try socket.send(request.encoded() + [0])
        let message = try socket.message(patience: patience ?? limit, size: ControlConnection.outputLimit)
        guard let value = try? JSONValue(decoding: message) else {
            throw .badAnswer(path: path, reason: "the answer is no JSON")
        }
        return try Self.parameters(of: value, path)
    }

    private static func parameters(of answer: JSONValue, _ path: String) throws(ControlError) -> JSONValue {
        let parameters = answer["parameters"] ?? .object([])
        switch answer["error"]?.string {
        case "\(ControlInterface.name).OtherState":
            throw .otherState(path: path, state: parameters["state_path"]?.string ?? "of another name")
        case "\(ControlInterface.service).PermissionDenied": throw .permissionDenied(path: path)
        case let error:
            if let problem = parameters["problem"]?.string { throw .badAnswer(path: path, reason: problem) }
            if let error { throw .badAnswer(path: path, reason: "the daemon answered \(error)") }
            return parameters
        }
    }
}

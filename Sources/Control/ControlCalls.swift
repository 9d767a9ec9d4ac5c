import ImportWatch
import JSON

/// What the daemon does for those who ask at the control socket.
@MainActor
public protocol ControlHandler: AnyObject {
    /// What is going on.
    ///
    /// - Parameter job: Only this job is shown; all where it is `nil`.
    func status(job: String?) -> StatusReport

    /// Reads the configuration anew and calls `completion` once with the verdict.
    func reload(completion: @escaping @MainActor (ReloadVerdict) -> Void)

    /// Looks deliveries up and calls `completion` once with them, or with why there are none.
    func deliveries(
        _ filter: DeliveryFilter,
        completion: @escaping @MainActor (Result<DeliveryList, StateStoreError>) -> Void
    )

    /// Has deliveries sent again and calls `completion` once with how many.
    func replay(
        _ selection: ReplaySelection,
        completion: @escaping @MainActor (Result<Int, StateStoreError>) -> Void
    )

    /// Looks at every source as it is now and calls `completion` once with what it found.
    ///
    /// - Parameter probe: A job to make one real call about; `nil` for none.
    func examine(probe: String?, completion: @escaping @MainActor ([SourceFindings]) -> Void)

    /// The daemon's state, by which a client knows that it asks the right daemon.
    var stateIdentity: String { get }
}

/// A call as Varlink writes it.
struct ControlCall {
    var method: String
    var parameters: JSONValue
    var isOneway: Bool

    /// Reads a message; `nil` when it is none.
    init?(_ message: [UInt8]) {
        guard let value = try? JSONValue(decoding: message), let method = value["method"]?.string else { return nil }
        self.method = method
        parameters = value["parameters"] ?? .object([])
        isOneway = value["oneway"]?.bool ?? false
    }
}

/// Answers calls.
@MainActor
struct ControlCalls {
    let version: String
    weak var handler: (any ControlHandler)?
    private let rounds = StatusRounds()

    init(version: String, handler: any ControlHandler) {
        self.version = version
        self.handler = handler
    }

    /// The answer to one who may not call a method.
    static var refusal: [UInt8] { message(error("PermissionDenied", [:])) }

    /// The answer in place of one that would be longer than people's tools take.
    static var tooLong: [UInt8] {
        let size = ControlConnection.outputLimit >> 20
        let problem = "the answer would take more than \(size) MiB; ask about one job, or look at the metrics"
        return message(error("AnswerTooLong", ["problem": .string(problem)], own: true))
    }

    /// Answers one call, at once or later, with a whole message and its end mark.
    func answer(_ call: ControlCall, completion: @escaping @MainActor ([UInt8]) -> Void) {
        if call.method == "\(ControlInterface.name).Status", let handler {
            rounds.ask(
                job: call.parameters["job"]?.string,
                makeAnswer: { Self.message(Self.reply(handler.status(job: $0).json)) },
                completion: completion
            )
        } else {
            answerAlone(call) { completion(Self.message($0)) }
        }
    }

    private func answerAlone(_ call: ControlCall, completion: @escaping @MainActor (JSONValue) -> Void) {
        switch call.method {
        case "\(ControlInterface.name).Status": completion(Self.notImplemented(call.method))
        case "\(ControlInterface.name).Reload":
            guard let handler else { return completion(Self.notImplemented(call.method)) }
            handler.reload { completion(Self.reply($0.json)) }
        case "\(ControlInterface.name).Examine": examine(call, completion)
        case "\(ControlInterface.name).Deliveries", "\(ControlInterface.name).Replay":
            guard let handler else { return completion(Self.notImplemented(call.method)) }
            if let state = call.parameters["state_path"]?.string, state != handler.stateIdentity {
                return completion(Self.error("OtherState", ["state_path": .string(handler.stateIdentity)], own: true))
            }
            if call.method.hasSuffix("Replay") {
                replay(call.parameters, handler, completion)
            } else {
                deliveries(call.parameters, handler, completion)
            }
        case "\(ControlInterface.service).GetInfo":
            completion(
                Self.reply([
                    "vendor": "importwatchd", "product": "importwatchd", "version": .string(version),
                    "url": "https://varlink.org",
                    "interfaces": [.string(ControlInterface.service), .string(ControlInterface.name)],
                ])
            )
        case "\(ControlInterface.service).GetInterfaceDescription":
            completion(Self.description(call.parameters["interface"]?.string))
        default:
            completion(Self.unknown(call.method))
        }
    }

    private func examine(_ call: ControlCall, _ completion: @escaping @MainActor (JSONValue) -> Void) {
        guard let handler else { return completion(Self.notImplemented(call.method)) }
        let probe = call.parameters["probe"]?.string
        if let probe, JobID.problem(with: probe) != nil {
            return completion(Self.error("InvalidParameter", ["parameter": "probe"]))
        }
        handler.examine(probe: probe) { findings in
            completion(Self.reply(["sources": .array(findings.map(\.json))]))
        }
    }

    private func deliveries(
        _ parameters: JSONValue,
        _ handler: any ControlHandler,
        _ completion: @escaping @MainActor (JSONValue) -> Void
    ) {
        guard let filter = DeliveryFilter(json: parameters) else {
            return completion(Self.error("InvalidParameter", ["parameter": "state"]))
        }
        handler.deliveries(filter) { result in
            switch result {
            case .success(let list): completion(Self.reply(["deliveries": .array(list.json)]))
            case .failure(let error): completion(Self.stateUnavailable(error))
            }
        }
    }

    private func replay(
        _ parameters: JSONValue,
        _ handler: any ControlHandler,
        _ completion: @escaping @MainActor (JSONValue) -> Void
    ) {
        guard let selection = ReplaySelection(json: parameters) else {
            return completion(Self.error("InvalidParameter", ["parameter": "event_id"]))
        }
        handler.replay(selection) { result in
            switch result {
            case .success(let count): completion(Self.reply(["replayed": .integer(Int64(count))]))
            case .failure(let error): completion(Self.stateUnavailable(error))
            }
        }
    }

    private static func stateUnavailable(_ problem: StateStoreError) -> JSONValue {
        error("StateUnavailable", ["problem": .string(problem.description)], own: true)
    }

    private static func description(_ interface: String?) -> JSONValue {
        switch interface {
        case ControlInterface.name: reply(["description": .string(ControlInterface.description)])
        case ControlInterface.service: reply(["description": .string(ControlInterface.serviceDescription)])
        case let other?: error("InterfaceNotFound", ["interface": .string(other)])
        case nil: error("InvalidParameter", ["parameter": "interface"])
        }
    }

    private static func unknown(_ method: String) -> JSONValue {
        guard let dot = method.lastIndex(of: ".") else {
            return error("InvalidParameter", ["parameter": "method"])
        }
        let interface = String(method[..<dot])
        let isKnown = [ControlInterface.name, ControlInterface.service].contains(interface)
        return isKnown
            ? error("MethodNotFound", ["method": .string(method)])
            : error("InterfaceNotFound", ["interface": .string(interface)])
    }

    private static func notImplemented(_ method: String) -> JSONValue {
        error("MethodNotImplemented", ["method": .string(method)])
    }

    private static func message(_ answer: JSONValue) -> [UInt8] {
        answer.encoded() + [0]
    }

    private static func reply(_ parameters: JSONValue) -> JSONValue {
        ["parameters": parameters]
    }

    private static func error(_ name: String, _ parameters: JSONValue, own: Bool = false) -> JSONValue {
        let interface = own ? ControlInterface.name : ControlInterface.service
        return ["error": .string("\(interface).\(name)"), "parameters": parameters]
    }
}

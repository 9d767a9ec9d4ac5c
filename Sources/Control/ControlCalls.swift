import ImportWatch
import JSON

/// What the daemon does for those who ask at the control socket.
@MainActor
public protocol ControlHandler: AnyObject {
    /// What is going on.
    ///
    /// - Parameter job: Only this job is shown; all where it is `nil`.
    func status(job: String?) -> StatusReport

    /// Reads the configuration anew.
    func reload() async -> ReloadVerdict

    /// Looks deliveries up.
    func deliveries(_ filter: DeliveryFilter) async throws(StateStoreError) -> DeliveryList

    /// Has deliveries sent again; answers how many.
    func replay(_ selection: ReplaySelection) async throws(StateStoreError) -> Int

    /// Looks at every source as it is now.
    ///
    /// - Parameter probe: A job to make one real call about; `nil` for none.
    func examine(probe: String?) async -> [SourceFindings]

    /// Where the daemon's state lies, by which a client knows that it asks the right daemon.
    var statePath: String { get }
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

    /// Answers one call, at once or later, with a whole message and its end mark.
    ///
    /// A status waits for as few turns of the loop as can be: people look at a daemon when it is busy.
    func answer(_ call: ControlCall, completion: @escaping @MainActor ([UInt8]) -> Void) {
        if call.method == "\(ControlInterface.name).Status", let handler {
            rounds.ask(
                job: call.parameters["job"]?.string,
                makeAnswer: { Self.message(["parameters": handler.status(job: $0).json]) },
                completion: completion
            )
        } else {
            Task.immediate {
                do throws(CallError) {
                    completion(Self.message(["parameters": try await reply(to: call)]))
                } catch {
                    completion(Self.message(error))
                }
            }
        }
    }

    /// A whole message that says an error.
    static func message(_ error: CallError) -> [UInt8] { message(error.json) }

    private static func message(_ answer: JSONValue) -> [UInt8] { answer.encoded() + [0] }

    private func reply(to call: ControlCall) async throws(CallError) -> JSONValue {
        let (own, service) = (ControlInterface.name, ControlInterface.service)
        switch call.method {
        case "\(service).GetInfo":
            return [
                "vendor": "importwatchd", "product": "importwatchd", "version": .string(version),
                "url": "https://varlink.org", "interfaces": [.string(service), .string(own)],
            ]
        case "\(service).GetInterfaceDescription":
            return ["description": .string(try ControlInterface.description(of: call.parameters["interface"]?.string))]
        case "\(own).Reload": return await (try handler(of: call)).reload().json
        case "\(own).Examine":
            let (handler, probe) = (try handler(of: call), call.parameters["probe"]?.string)
            if let probe, JobID.problem(with: probe) != nil { throw .invalidParameter("probe") }
            return ["sources": await handler.examine(probe: probe).json]
        case "\(own).Deliveries":
            let handler = try handler(ofStateIn: call)
            guard let filter = DeliveryFilter(json: call.parameters) else { throw .invalidParameter("state") }
            do throws(StateStoreError) {
                return ["deliveries": .array(try await handler.deliveries(filter).json)]
            } catch {
                throw .stateUnavailable(error)
            }
        case "\(own).Replay":
            let handler = try handler(ofStateIn: call)
            guard let selection = ReplaySelection(json: call.parameters) else { throw .invalidParameter("event_id") }
            do throws(StateStoreError) {
                return ["replayed": try await handler.replay(selection).json]
            } catch {
                throw .stateUnavailable(error)
            }
        case "\(own).Status": throw .notImplemented(call.method)
        default: throw .unknown(call.method)
        }
    }

    private func handler(of call: ControlCall) throws(CallError) -> any ControlHandler {
        guard let handler else { throw .notImplemented(call.method) }
        return handler
    }

    /// The handler, unless the call means another state than its own.
    private func handler(ofStateIn call: ControlCall) throws(CallError) -> any ControlHandler {
        let handler = try handler(of: call)
        guard let state = call.parameters["state_path"]?.string, state != handler.statePath else { return handler }
        throw .own("OtherState", ["state_path": .string(handler.statePath)])
    }
}

/// Why a call is not answered as it wished, in Varlink's words.
struct CallError: Error {
    let json: JSONValue

    static func own(_ name: String, _ parameters: JSONValue) -> CallError {
        CallError(json: ["error": .string("\(ControlInterface.name).\(name)"), "parameters": parameters])
    }

    static func service(_ name: String, _ parameters: JSONValue = [:]) -> CallError {
        CallError(json: ["error": .string("\(ControlInterface.service).\(name)"), "parameters": parameters])
    }

    static func notImplemented(_ method: String) -> CallError {
        service("MethodNotImplemented", ["method": .string(method)])
    }

    static func invalidParameter(_ name: String) -> CallError {
        service("InvalidParameter", ["parameter": .string(name)])
    }

    static func stateUnavailable(_ problem: StateStoreError) -> CallError {
        own("StateUnavailable", ["problem": .string(problem.description)])
    }

    /// The one who calls may not.
    static let permissionDenied = service("PermissionDenied")

    /// An answer would be longer than people's tools take.
    static var tooLong: CallError {
        let size = ControlConnection.outputLimit >> 20
        let problem = "the answer would take more than \(size) MiB; ask about one job, or look at the metrics"
        return own("AnswerTooLong", ["problem": .string(problem)])
    }

    static func unknown(_ method: String) -> CallError {
        guard let dot = method.lastIndex(of: ".") else { return invalidParameter("method") }
        let interface = String(method[..<dot])
        return [ControlInterface.name, ControlInterface.service].contains(interface)
            ? service("MethodNotFound", ["method": .string(method)])
            : service("InterfaceNotFound", ["interface": .string(interface)])
    }
}

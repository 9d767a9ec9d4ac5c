import JSON

/// What the daemon does for those who ask at the control socket.
@MainActor
public protocol ControlHandler: AnyObject {
    /// What is going on.
    func status() -> StatusReport

    /// Reads the configuration anew and calls `completion` once with the verdict.
    func reload(completion: @escaping @MainActor (ReloadVerdict) -> Void)
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

    /// Answers one call, at once or later, with a whole message but for its end mark.
    func answer(_ call: ControlCall, completion: @escaping @MainActor (JSONValue) -> Void) {
        switch call.method {
        case "\(ControlInterface.name).Status":
            guard let handler else { return completion(Self.notImplemented(call.method)) }
            completion(Self.reply(handler.status().json))
        case "\(ControlInterface.name).Reload":
            guard let handler else { return completion(Self.notImplemented(call.method)) }
            handler.reload { completion(Self.reply($0.json)) }
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

    private static func reply(_ parameters: JSONValue) -> JSONValue {
        ["parameters": parameters]
    }

    private static func error(_ name: String, _ parameters: JSONValue) -> JSONValue {
        ["error": .string("\(ControlInterface.service).\(name)"), "parameters": parameters]
    }
}

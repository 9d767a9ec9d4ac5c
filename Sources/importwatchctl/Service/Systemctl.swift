import Platform

/// Asks systemd's own programs; where they aren't there, fail or hang, there is no answer.
enum Systemctl {
    /// The longest wait for an answer.
    private static let patience = Duration.seconds(5)
    private static let limit = 1 << 20

    /// The files of a unit, one after the other; `nil` where systemd knows no such unit.
    static func files(of unit: String) -> String? {
        output(["systemctl", "cat", "--no-pager", "--", unit]).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The pid of a unit's daemon; `nil` where systemd doesn't say, 0 where none runs.
    static func mainPID(of unit: String) -> Int32? {
        guard let bytes = output(["systemctl", "show", "--property=MainPID", "--value", "--", unit]) else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    /// What systemd decrypts a credential to; `nil` where it can't.
    static func decrypted(_ path: String, name: String) -> [UInt8]? {
        output(["systemd-creds", "decrypt", "--name=\(name)", "--", path, "-"])
    }

    /// What a program prints before it ends with success.
    private static func output(_ arguments: [String]) -> [UInt8]? {
        try? ChildProcess(arguments).output(timeout: patience, limit: limit)
    }
}

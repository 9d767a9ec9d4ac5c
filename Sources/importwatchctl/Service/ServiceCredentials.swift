import Glibc
import ImportWatch
import Platform
import WatchConfiguration

/// What systemd hands to the service at a start, by LoadCredential= and its like, read from where it comes from.
enum ServiceCredentials {
    /// The longest that systemd takes, in bytes.
    private static let limit = 1 << 20
    private static let stores = ["/etc/credstore", "/run/credstore", "/usr/local/lib/credstore", "/usr/lib/credstore"]

    /// The credentials by name, for one who isn't root those that a running service has; what keeps systemd from starting the unit goes to `troubles`.
    static func read(
        _ unit: ServiceUnit,
        folder: String,
        _ troubles: inout [ServiceTrouble]
    ) -> [String: Result<[UInt8], FileError>] {
        var found: [String: Result<[UInt8], FileError>] = [:]
        for credential in unit.credentials {
            guard let path = path(of: credential) else { continue }
            let option = (credential.isEncrypted ? "LoadCredentialEncrypted=" : "LoadCredential=") + credential.name
            do throws(FileError) {
                found[credential.name] = .success(try content(of: credential, at: path))
            } catch {
                found[credential.name] = .failure(error)
                if case .notFound = error, unit.fixedCredentials.contains(credential.name) {
                    found[credential.name] = nil
                    continue
                }
                guard geteuid() != 0 else {
                    let message = "\(option): \(path): \(reason(error)); systemd does not start the unit without it"
                    troubles.append(ServiceTrouble(message))
                    continue
                }
                if let bytes = try? LocalFiles().read(folder + credential.name, limit: limit) {
                    found[credential.name] = .success(bytes)
                    continue
                }
                let reason = "\(reason(error)) for you, and no running service has it; run this as root"
                found[credential.name] = .failure(.failed(path: path, reason: reason))
                troubles.append(ServiceTrouble("\(option): \(path): \(reason)", .warning))
            }
        }
        return found
    }

    /// Where it comes from; `nil` where a store lacks what isn't named by a path, which systemd puts up with.
    private static func path(of credential: ServiceUnit.Credential) -> String? {
        if credential.source.hasPrefix("/") { return credential.source }
        return stores.map { $0 + (credential.isEncrypted ? ".encrypted/" : "/") + credential.source }
            .first { LocalFiles().version(of: $0) != nil }
    }

    private static func content(of credential: ServiceUnit.Credential, at path: String) throws(FileError) -> [UInt8] {
        let bytes = try LocalFiles().read(path, limit: limit)
        guard credential.isEncrypted else { return bytes }
        guard let plain = Systemctl.decrypted(path, name: credential.name) else {
            throw .failed(path: path, reason: "systemd-creds can't decrypt it as \(credential.name)")
        }
        return plain
    }

    private static func reason(_ error: FileError) -> String {
        switch error {
        case .notFound: "no such file"
        case .permissionDenied: "permission denied"
        case .isDirectory: "a directory, not a file"
        case .tooLarge(_, let limit): "longer than \(limit) bytes"
        case .failed(_, let reason): reason
        }
    }
}

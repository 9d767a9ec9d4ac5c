import Crypto
import ImportWatch

/// Reads the secrets of a webhook: one a line, `whsec_` for HMAC and `whsk_` for Ed25519, as Standard Webhooks writes them.
public struct WebhookSecretFile {
    private let files: any FileReader

    /// Reads through `files`.
    public init(files: any FileReader) {
        self.files = files
    }

    /// Why a file's secrets can't be used; no problem shows a secret.
    public struct Problems: Error {
        /// Each in one line, with the file's path.
        public var problems: [String]
    }

    /// All secrets of the file, in its order; at least one.
    public func read(_ path: String) throws(Problems) -> [WebhookSecret] {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: 65_536)
        } catch {
            throw Problems(problems: ["can't be used: \(error)"])
        }
        var secrets: [WebhookSecret] = []
        var problems: [String] = []
        for line in SecretLines(bytes).lines {
            switch Self.parse(line.text) {
            case .success(let secret): secrets.append(secret)
            case .failure(let problem): problems.append("\(path), line \(line.number): \(problem.reason)")
            }
        }
        if secrets.isEmpty, problems.isEmpty {
            problems.append("\(path) holds no secret; write whsec_… on a line of its own")
        }
        guard problems.isEmpty else { throw Problems(problems: problems) }
        return secrets
    }

    struct Problem: Error, Equatable {
        var reason: String
    }

    static func parse(_ text: String) -> Result<WebhookSecret, Problem> {
        if text.hasPrefix("whsec_") {
            guard let key = Base64.decode(text.dropFirst(6)) else {
                return .failure(Problem(reason: "what follows whsec_ is no base64"))
            }
            guard (24...64).contains(key.count) else {
                return .failure(Problem(reason: "a whsec_ secret has 24 to 64 bytes, this one has \(key.count)"))
            }
            return .success(.hmac(key: key))
        }
        if text.hasPrefix("whsk_") {
            guard let bytes = Base64.decode(text.dropFirst(5)) else {
                return .failure(Problem(reason: "what follows whsk_ is no base64"))
            }
            guard bytes.count == 32 || bytes.count == 64, let key = Ed25519SigningKey(seed: Array(bytes.prefix(32)))
            else {
                return .failure(Problem(reason: "a whsk_ key has 32 or 64 bytes, this one has \(bytes.count)"))
            }
            guard bytes.count == 32 || Array(bytes.suffix(32)) == key.publicKey else {
                return .failure(Problem(reason: "the public half of the whsk_ key is not that of its seed"))
            }
            return .success(.ed25519(seed: Array(bytes.prefix(32))))
        }
        return .failure(Problem(reason: "a secret begins with whsec_ or whsk_"))
    }
}

/// The lines of a file of secrets that are neither blank nor a comment, white space around them removed.
struct SecretLines {
    let lines: [(number: Int, text: String)]

    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = String(decoding: bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...], as: UTF8.self)
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            let content = $0.element.trimmingWhitespace
            return content.isEmpty || content.hasPrefix("#") ? nil : ($0.offset + 1, String(content))
        }
    }
}

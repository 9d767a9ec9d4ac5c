import Crypto
import ImportWatch

/// Reads the secrets of a webhook: one a line, `whsec_` for HMAC and `whsk_` for Ed25519, as Standard Webhooks writes them.
struct WebhookSecretFile {
    let files: any FileReader

    func read(_ name: Located<String>, at paths: PathRules, _ collector: ComplaintCollector) -> [WebhookSecret] {
        let path = paths.secret(name.value)
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: 65_536)
        } catch {
            collector.error("secret_file: \(error)", at: name.position)
            return []
        }
        var secrets: [WebhookSecret] = []
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        )
        for (index, line) in lines.enumerated() {
            let text = line.trimmingWhitespace
            if text.isEmpty || text.hasPrefix("#") { continue }
            switch Self.parse(text) {
            case .success(let secret): secrets.append(secret)
            case .failure(let problem):
                collector.error("secret_file \(path), line \(index + 1): \(problem.reason)", at: name.position)
            }
        }
        if secrets.isEmpty, !collector.complaints.contains(where: { $0.message.hasPrefix("secret_file \(path)") }) {
            collector.error(
                "secret_file \(path) holds no secret; write whsec_… on a line of its own",
                at: name.position
            )
        }
        return secrets
    }

    struct Problem: Error {
        var reason: String
    }

    static func parse(_ text: some StringProtocol) -> Result<WebhookSecret, Problem> {
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

extension StringProtocol {
    var trimmingWhitespace: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }
}

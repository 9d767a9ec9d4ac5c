import ImportWatch
import Webhook

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
    public func read(_ path: String) throws(Problems) -> [WebhookSigningKey] {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: 65_536)
        } catch {
            throw Problems(problems: ["can't be used: \(error)"])
        }
        var keys: [WebhookSigningKey] = []
        var problems: [String] = []
        for line in SecretLines(bytes).lines {
            do throws(WebhookSigningKey.Problem) {
                keys.append(try WebhookSigningKey(line.text))
            } catch {
                problems.append("\(path), line \(line.number): \(error.reason)")
            }
        }
        if keys.isEmpty, problems.isEmpty {
            problems.append("\(path) holds no secret; write whsec_… on a line of its own")
        }
        guard problems.isEmpty else { throw Problems(problems: problems) }
        return keys
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

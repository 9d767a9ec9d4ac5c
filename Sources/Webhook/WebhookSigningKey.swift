import Crypto

/// A secret of Standard Webhooks, ready to sign; never printed.
public enum WebhookSigningKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// HMAC-SHA-256, version `v1`.
    case hmac(key: [UInt8])
    /// Ed25519, version `v1a`.
    case ed25519(Ed25519SigningKey)

    /// Why a text is no secret, without showing it.
    public struct Problem: Error, Equatable {
        /// One line for a person.
        public let reason: String
    }

    /// Reads a secret as receivers' manuals write it: `whsec_` and the base64 of 24 to 64 bytes for HMAC, `whsk_` and that of
    /// a 32-byte seed, with or without the public key behind it, for Ed25519.
    public init(_ text: String) throws(Problem) {
        if text.hasPrefix("whsec_") {
            self = .hmac(key: try Self.key(text.dropFirst(6)))
        } else if text.hasPrefix("whsk_") {
            self = .ed25519(try Self.pair(text.dropFirst(5)))
        } else {
            throw Problem(reason: "a secret begins with whsec_ or whsk_")
        }
    }

    private static func key(_ base64: Substring) throws(Problem) -> [UInt8] {
        guard let key = Base64.decode(base64) else { throw Problem(reason: "what follows whsec_ is no base64") }
        guard (24...64).contains(key.count) else {
            throw Problem(reason: "a whsec_ secret has 24 to 64 bytes, this one has \(key.count)")
        }
        return key
    }

    private static func pair(_ base64: Substring) throws(Problem) -> Ed25519SigningKey {
        guard let bytes = Base64.decode(base64) else { throw Problem(reason: "what follows whsk_ is no base64") }
        guard bytes.count == 32 || bytes.count == 64, let key = Ed25519SigningKey(seed: Array(bytes.prefix(32))) else {
            throw Problem(reason: "a whsk_ key has 32 or 64 bytes, this one has \(bytes.count)")
        }
        guard bytes.count == 32 || Array(bytes.suffix(32)) == key.publicKey else {
            throw Problem(reason: "the public half of the whsk_ key is not that of its seed")
        }
        return key
    }

    /// The public half that receivers verify with (`whpk_…`); `nil` for a secret that both sides share.
    public var publicKey: String? {
        guard case .ed25519(let key) = self else { return nil }
        return "whpk_" + Base64.encode(key.publicKey)
    }

    /// One signature of `content` as the header carries it: version, comma, base64.
    func signature(of content: [UInt8]) -> String {
        switch self {
        case .hmac(let key): "v1," + Base64.encode(HMACSHA256.code(content, key: key))
        case .ed25519(let key): "v1a," + Base64.encode(key.sign(content))
        }
    }

    /// The kind only.
    public var description: String {
        switch self {
        case .hmac: "an HMAC secret"
        case .ed25519: "an Ed25519 key"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the kind, so that no dump shows a secret.
    public var customMirror: Mirror { Mirror(self, children: ["kind": description]) }
}

import COpenSSL

/// An Ed25519 signing key (RFC 8032), from its 32-byte seed.
public struct Ed25519SigningKey: Hashable, Sendable {
    /// The seed.
    private let seed: [UInt8]
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]

    /// Makes the key of a seed; `nil` when it isn't 32 bytes long.
    public init?(seed: [UInt8]) {
        guard seed.count == 32, let key = Self.load(seed) else { return nil }
        defer { EVP_PKEY_free(key) }
        var length = 32
        let publicKey = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            count = EVP_PKEY_get_raw_public_key(key, output.baseAddress, &length) == 1 ? length : 0
        }
        guard publicKey.count == 32 else { return nil }
        self.seed = seed
        self.publicKey = publicKey
    }

    /// The signature of `message`: 64 bytes; empty only when OpenSSL has no memory.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        guard let key = Self.load(seed) else { return [] }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return [] }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 64) { output, count in
            var length = 64
            let done = EVP_DigestSign(context, output.baseAddress, &length, message, message.count)
            count = done == 1 ? length : 0
        }
    }

    private static func load(_ seed: [UInt8]) -> OpaquePointer? {
        EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count)
    }
}

/// Checks Ed25519 signatures.
public enum Ed25519 {
    /// Whether `signature` is that of `message` under `publicKey`.
    public static func isValid(signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, publicKey.count) else {
            return false
        }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

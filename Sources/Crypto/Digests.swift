import COpenSSL

/// Digests of whole byte strings, by OpenSSL.
public enum Digest {
    /// SHA-256 (FIPS 180-4): 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        digest(bytes, "SHA256", length: 32)
    }

    /// SHA-1: 20 bytes; only for names that others chose to make with it, never for security.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        digest(bytes, "SHA1", length: 20)
    }

    private static func digest(_ bytes: [UInt8], _ name: String, length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { output, count in
            var written = 0
            let done = EVP_Q_digest(nil, name, nil, bytes, bytes.count, output.baseAddress, &written)
            count = done == 1 ? written : 0
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) with a fixed key, set up once and used many times.
public final class HMACSHA256 {
    private let keyed: OpaquePointer

    /// Sets up the key; `nil` only when OpenSSL has no memory or no HMAC.
    public init?(key: [UInt8]) {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        keyed = context
        var digestName = Array("SHA256\0".utf8CString.dropLast())
        let done = digestName.withUnsafeMutableBufferPointer { name in
            let parameters = [
                OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0), OSSL_PARAM_construct_end(),
            ]
            // An empty key still needs an address, or OpenSSL takes it for "no change of key".
            let stored = key.isEmpty ? [0] : key
            return EVP_MAC_init(context, stored, key.count, parameters)
        }
        guard done == 1 else { return nil }
    }

    deinit {
        EVP_MAC_CTX_free(keyed)
    }

    /// The code of `bytes`: 32 bytes; empty only when OpenSSL has no memory.
    public func code(_ bytes: some Collection<UInt8>) -> [UInt8] {
        guard let context = EVP_MAC_CTX_dup(keyed) else { return [] }
        defer { EVP_MAC_CTX_free(context) }
        let updated =
            bytes.withContiguousStorageIfAvailable { EVP_MAC_update(context, $0.baseAddress, $0.count) }
            ?? EVP_MAC_update(context, Array(bytes), bytes.count)
        guard updated == 1 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            var written = 0
            let done = EVP_MAC_final(context, output.baseAddress, &written, 32)
            count = done == 1 ? written : 0
        }
    }

    /// The code of `bytes` under `key`; empty only when OpenSSL has no memory.
    public static func code(_ bytes: some Collection<UInt8>, key: [UInt8]) -> [UInt8] {
        HMACSHA256(key: key)?.code(bytes) ?? []
    }
}

/// Compares secrets in a time that does not depend on where they differ.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

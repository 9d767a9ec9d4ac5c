import COpenSSL

/// HMAC-SHA-256 (RFC 2104) with a fixed key, set up once and used many times.
public final class HMACSHA256 {
    private let keyed: OpaquePointer

    /// Sets up the key; `nil` only when OpenSSL has no memory or no HMAC.
    public init?(key: [UInt8]) {
        guard let algorithm = OpaquePointer(bitPattern: Self.algorithmAddress),
            let context = EVP_MAC_CTX_new(algorithm)
        else { return nil }
        keyed = context
        // OpenSSL takes an empty key for none. Keys are filled up with zeros, so a zero byte is the same key.
        let filled = key.isEmpty ? [0] : key
        // The parameters hold addresses, so both names must outlive the call.
        let done = Self.parameterName.withCString { name in
            Self.digestName.withCString { digest in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(name, UnsafeMutablePointer(mutating: digest), 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(context, filled, filled.count, parameters)
            }
        }
        guard done == 1 else { return nil }
    }

    deinit {
        EVP_MAC_CTX_free(keyed)
    }

    private static let parameterName = "digest"
    private static let digestName = "SHA256"

    /// The algorithm, looked up once for the life of the process.
    private static let algorithmAddress = UInt(bitPattern: EVP_MAC_fetch(nil, "HMAC", nil))

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

import COpenSSL

/// Digests of whole byte strings, by OpenSSL.
public enum Digest {
    /// SHA-256 (FIPS 180-4): 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        digest(bytes, sha256Address, length: 32)
    }

    /// SHA-1: 20 bytes; only for names that others chose to make with it, never for security.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        digest(bytes, sha1Address, length: 20)
    }

    /// The algorithms, looked up once for the life of the process: a lookup costs as much as a short digest.
    private static let sha256Address = address(of: "SHA256")
    private static let sha1Address = address(of: "SHA1")

    private static func address(of name: String) -> UInt {
        UInt(bitPattern: EVP_MD_fetch(nil, name, nil))
    }

    private static func digest(_ bytes: [UInt8], _ address: UInt, length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { output, count in
            var written: UInt32 = 0
            let done = EVP_Digest(
                bytes,
                bytes.count,
                output.baseAddress,
                &written,
                OpaquePointer(bitPattern: address),
                nil
            )
            // An empty digest would make different things look the same, so there is no going on without one.
            precondition(done == 1 && written == length, "OpenSSL has no SHA-1 or SHA-256; see OPENSSL_CONF")
            count = length
        }
    }
}

import ImportWatch
import JSON

/// The JSON in which programs, containers and instances hand out credentials.
enum CredentialDocument {
    /// The longest document that is taken, in bytes.
    static let limit = 64 << 10

    /// Reads `AccessKeyId`, `SecretAccessKey`, the token and `Expiration`; `nil` with what is missing in words.
    ///
    /// - Parameter tokenName: What the session token is called, which differs.
    static func read(
        _ cursor: JSONCursor,
        tokenName: StaticString,
        provider: String
    ) throws(CredentialError) -> Credentials {
        func text(_ name: StaticString) -> String? {
            cursor[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let id = text("AccessKeyId") else { throw missing("AccessKeyId", provider) }
        guard let secret = text("SecretAccessKey") else { throw missing("SecretAccessKey", provider) }
        var expiry: WallTime?
        if let expiration = cursor["Expiration"], !expiration.isString("") {
            guard let time = time(expiration) else {
                throw CredentialError(
                    provider: provider,
                    reason: "its Expiration is neither an ISO 8601 time nor a number of seconds since 1970"
                )
            }
            expiry = time
        }
        return Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: text(tokenName),
            expiresAt: expiry,
            provider: provider
        )
    }

    /// The time as documents have it: ISO 8601, or seconds since 1970 as a number or in a string.
    private static func time(_ value: JSONCursor) -> WallTime? {
        if let text = value.string {
            return WallTime(rfc3339: text) ?? Int64(text).flatMap { WallTime(secondsSinceEpoch: Double($0)) }
        }
        return value.number.flatMap { WallTime(secondsSinceEpoch: $0) }
    }

    /// Decodes a document that must be an object.
    static func decode(_ bytes: [UInt8], provider: String) throws(CredentialError) -> JSONCursor {
        do {
            let cursor = try JSONCursor(decoding: bytes, limit: limit)
            guard cursor.isObject else {
                throw CredentialError(provider: provider, reason: "the answer is no JSON object")
            }
            return cursor
        } catch let error as CredentialError {
            throw error
        } catch {
            throw CredentialError(provider: provider, reason: "the answer can't be read: \(error)")
        }
    }

    private static func missing(_ name: String, _ provider: String) -> CredentialError {
        CredentialError(provider: provider, reason: "the answer has no \(name)")
    }
}

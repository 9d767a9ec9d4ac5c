import ImportWatch
import JSON

/// A cached access token of IAM Identity Center, with whatever else its file holds.
struct SSOToken: Hashable, Sendable {
    /// What a new access token is asked for with.
    struct Grant: Hashable, Sendable {
        var clientID: String
        var clientSecret: String
        var refreshToken: String
    }

    /// The token that is shown to the portal.
    let accessToken: String
    /// When it ends.
    let expiresAt: WallTime
    private let members: [JSONValue.Member]

    /// Reads a cache file; `nil` for what is none.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSONValue(decoding: bytes), let members = document.object else { return nil }
        self.init(members: members)
    }

    private init?(members: [JSONValue.Member]) {
        let document = JSONValue.object(members)
        guard let token = document["accessToken"]?.string, !token.isEmpty,
            let end = document["expiresAt"]?.string.flatMap(Self.time)
        else { return nil }
        self.members = members
        accessToken = token
        expiresAt = end
    }

    /// Whether the token can stand in a header.
    var isPlain: Bool { accessToken.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }

    /// What a new token can be asked for with; `nil` where something is missing, or the client's registration is over.
    func grant(now: WallTime) -> Grant? {
        let document = JSONValue.object(members)
        guard let id = document["clientId"]?.string, let secret = document["clientSecret"]?.string,
            let token = document["refreshToken"]?.string, !token.isEmpty,
            let end = document["registrationExpiresAt"]?.string.flatMap(Self.time), end > now
        else { return nil }
        return Grant(clientID: id, clientSecret: secret, refreshToken: token)
    }

    /// The token with what a refresh brought; everything else stays as it is.
    ///
    /// - Parameters:
    ///   - refreshToken: The next refresh token; `nil` where the old one goes on.
    ///   - others: Members that are added where they are missing.
    func renewed(
        accessToken: String,
        expiresAt: WallTime,
        refreshToken: String?,
        others: KeyValuePairs<String, String>
    ) -> SSOToken? {
        var members = members
        func set(_ name: String, _ value: String, replacing: Bool) {
            guard let index = members.firstIndex(where: { $0.name == name }) else {
                return members.append(JSONValue.Member(name, .string(value)))
            }
            if replacing { members[index].value = .string(value) }
        }
        set("accessToken", accessToken, replacing: true)
        // To the second, as the SDKs write it.
        set("expiresAt", expiresAt.rfc3339.prefix(19) + "Z", replacing: true)
        if let refreshToken { set("refreshToken", refreshToken, replacing: true) }
        for (name, value) in others { set(name, value, replacing: false) }
        return SSOToken(members: members)
    }

    /// The cache file's content.
    var encoded: [UInt8] { JSONValue.object(members).encoded() }

    /// A time as the cache has it; older versions of the AWS CLI wrote `UTC` for `Z`.
    private static func time(_ text: String) -> WallTime? {
        WallTime(rfc3339: text.hasSuffix("UTC") ? String(text.dropLast(3)) + "Z" : text)
    }
}

/// Why a request got no whole answer.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address can't be used: malformed, or a scheme other than http and https.
    case badAddress(reason: String)
    /// The host's name has no address, or the name server said none.
    case unresolvedHost(String)
    /// Nobody accepted the connection.
    case connectionFailed(host: String, reason: String)
    /// A connection did not stand within its time limit.
    case connectTimeout(host: String)
    /// The exchange did not end within its time limit, or came too slowly.
    case timeout(host: String)
    /// TLS failed: a certificate that isn't trusted, a wrong name, a missing file.
    case tls(host: String, reason: String)
    /// The connection ended before the answer did.
    case connectionLost(host: String, reason: String)
    /// The answer is longer than what is taken.
    case bodyTooLarge(host: String, limit: Int)
    /// The answer's headers, informational answers and trailers are longer than what is taken.
    case headersTooLarge(host: String, limit: Int)
    /// All answers under way were too long together, and this one was the longest.
    case tooMuchAtOnce(host: String)
    /// The proxy refused or can't be reached.
    case proxy(reason: String)
    /// Anything else that the HTTP library reports.
    case other(host: String, reason: String)

    /// One line for a person: what failed and at which host; never the address's path or query.
    public var description: String {
        switch self {
        case .badAddress(let reason): "the address can't be used: \(reason)"
        case .unresolvedHost(let host): "the name \(host) could not be resolved"
        case .connectionFailed(let host, let reason): "no connection to \(host): \(reason)"
        case .connectTimeout(let host): "no connection to \(host) within the time limit"
        case .timeout(let host): "no whole answer from \(host) within the time limit"
        case .tls(let host, let reason): "TLS with \(host) failed: \(reason)"
        case .connectionLost(let host, let reason): "the connection to \(host) broke off: \(reason)"
        case .bodyTooLarge(let host, let limit): "the answer from \(host) is longer than \(limit) bytes"
        case .headersTooLarge(let host, let limit):
            "the headers of the answer from \(host) are longer than \(limit) bytes"
        case .tooMuchAtOnce(let host): "the answer from \(host) was the longest of too many long ones at once"
        case .proxy(let reason): "the proxy failed: \(reason)"
        case .other(let host, let reason): "the request to \(host) failed: \(reason)"
        }
    }

    /// The kind in one word, by which repeated failures are counted as one.
    public var kind: String {
        switch self {
        case .badAddress: "address"
        case .unresolvedHost: "dns"
        case .connectionFailed: "connect"
        case .connectTimeout, .timeout: "timeout"
        case .tls: "tls"
        case .connectionLost: "connection_lost"
        case .bodyTooLarge: "body_too_large"
        case .headersTooLarge: "headers_too_large"
        case .tooMuchAtOnce: "too_much_at_once"
        case .proxy: "proxy"
        case .other: "other"
        }
    }
}

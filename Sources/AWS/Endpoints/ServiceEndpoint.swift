/// Where a service is reached: scheme, host and the path before its own.
public struct ServiceEndpoint: Hashable, Sendable {
    /// The address without a slash at its end.
    public let url: String
    /// The host with the port if it isn't the scheme's own, as the Host header has it.
    public let host: String
    /// The path of the address, empty or starting with a slash.
    public let basePath: String

    init(host: String) {
        self.init(url: "https://" + host, host: host, basePath: "")
    }

    private init(url: String, host: String, basePath: String) {
        self.url = url
        self.host = host
        self.basePath = basePath
    }

    /// Takes an address that someone configured; `nil` unless it is `http` or `https` with a host, and has no user,
    /// query or fragment.
    public init?(_ text: String) {
        let scheme: String
        if text.hasPrefix("https://") {
            scheme = "https"
        } else if text.hasPrefix("http://") {
            scheme = "http"
        } else {
            return nil
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains(where: { "?#@\"<>\\".contains($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = String(rest[..<slash])
        var path = rest[slash...]
        while path.last == "/" { path = path.dropLast() }
        let standardPort = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(standardPort) { authority.removeLast(standardPort.count) }
        guard !authority.isEmpty, authority.first != ":" else { return nil }
        url = scheme + "://" + authority + path
        host = authority
        basePath = String(path)
    }
}

/// Addresses with `http` or `https`; no complaint shows one, for a webhook's address is a secret.
enum WebAddress {
    /// The address of `key`.
    static func read(_ key: String, _ section: inout SectionReader) -> Located<String>? {
        guard let text = section.string(key) else { return nil }
        if let problem = problem(with: text.value) {
            section.complain(key, problem, at: text.position)
            return nil
        }
        return text
    }

    /// What is wrong with an address, as the end of a sentence; `nil` if nothing is.
    static func problem(with text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            return "must begin with https:// or http://"
        }
        guard text.utf8.count <= 4096 else { return "must be at most 4096 bytes long" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "can't hold blanks, control characters or characters outside ASCII; percent-encode them"
        }
        let authority = authority(of: text)
        guard !authority.contains("@") else { return "can't hold a user or a password" }
        let (host, port) = split(authority)
        guard !host.isEmpty else { return "has no host" }
        guard isHost(host) else { return "has a host with characters that no host has" }
        if let port {
            guard let number = UInt16(port), number > 0, port.utf8.allSatisfy({ (48...57).contains($0) }) else {
                return "has a port that is not from 1 to 65535"
            }
        }
        return nil
    }

    /// Whether the address has a query or a fragment, which the address of a service can't have.
    static func hasQueryOrFragment(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    }

    /// Whether what is sent to the address leaves this machine without encryption.
    static func isPlainAndRemote(_ text: String) -> Bool {
        guard text.hasPrefix("http://") else { return false }
        let host = split(authority(of: text)).host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return false }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return !(octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil })
    }

    private static func authority(of text: String) -> Substring {
        text.dropFirst(text.hasPrefix("https://") ? 8 : 7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }

    /// The host, in brackets if it is an IPv6 address, and what follows the colon after it.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
        let hostEnd: Substring.Index
        if authority.first == "[", let bracket = authority.firstIndex(of: "]") {
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let (host, rest) = (authority[..<hostEnd], authority[hostEnd...])
        if rest.isEmpty { return (host, nil) }
        return rest.first == ":" ? (host, rest.dropFirst()) : (authority, nil)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.first == "[" {
            let address = host.dropFirst().dropLast()
            return host.last == "]" && address.contains(":")
                && address.utf8.allSatisfy {
                    isHexadecimalDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                }
        }
        return host.first != "." && host.first != "-"
            && host.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_.".utf8.contains($0)
            }
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}

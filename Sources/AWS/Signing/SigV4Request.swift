/// What Signature Version 4 signs of a request, and the canonical form of it.
///
/// The rules are those of AWS's "Create a signed AWS API request", for services other than S3: the path as sent is
/// normalized and encoded once more, header values are trimmed, everything is sorted.
public struct SigV4Request: Sendable {
    /// The method, upper case.
    public var method: String
    /// The path as it is sent, without the query; empty counts as `/`.
    public var path: String
    /// The query as it is sent, without the question mark.
    public var query: String
    /// Every header that is to be signed, `host` among them; names in any case.
    public var headers: [(name: String, value: String)]
    /// The SHA-256 of the body in hexadecimal.
    public var payloadHash: String
    /// Whether `.`, `..` and empty segments are resolved, as all services but S3 do.
    public var normalizesPath: Bool

    /// The SHA-256 of an empty body.
    public static let emptyPayloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Makes the description of a request.
    public init(
        method: String,
        path: String,
        query: String = "",
        headers: [(name: String, value: String)],
        payloadHash: String = emptyPayloadHash,
        normalizesPath: Bool = true
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.payloadHash = payloadHash
        self.normalizesPath = normalizesPath
    }

    /// The canonical request and the list of signed headers, both as they enter the signature.
    public func canonicalized() -> (request: [UInt8], signedHeaders: String) {
        let names = headers.map { $0.name.lowercased() }
        let order = names.indices.sorted { names[$0] == names[$1] ? $0 < $1 : Self.precedes(names[$0], names[$1]) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append(contentsOf: method.utf8)
        bytes.append(newline)
        appendCanonicalPath(to: &bytes)
        bytes.append(newline)
        appendCanonicalQuery(to: &bytes)
        bytes.append(newline)
        var signedHeaders = ""
        var previous: String?
        for index in order {
            if names[index] == previous {
                bytes[bytes.endIndex - 1] = UInt8(ascii: ",")
            } else {
                if previous != nil { signedHeaders.append(";") }
                signedHeaders.append(names[index])
                bytes.append(contentsOf: names[index].utf8)
                bytes.append(UInt8(ascii: ":"))
                previous = names[index]
            }
            Self.appendCollapsed(headers[index].value, to: &bytes)
            bytes.append(newline)
        }
        bytes.append(newline)
        bytes.append(contentsOf: signedHeaders.utf8)
        bytes.append(newline)
        bytes.append(contentsOf: payloadHash.utf8)
        return (bytes, signedHeaders)
    }

    // MARK: Headers

    /// Byte order, which is what the signature wants; Swift orders strings by Unicode's canonical forms.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Appends the value without white space around it and with runs of white space inside made one blank.
    private static func appendCollapsed(_ value: String, to output: inout [UInt8]) {
        let start = output.count
        var pendingBlank = false
        for byte in value.utf8 {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                pendingBlank = output.count > start
            } else {
                if pendingBlank { output.append(0x20) }
                pendingBlank = false
                output.append(byte)
            }
        }
    }

    // MARK: Path

    private func appendCanonicalPath(to bytes: inout [UInt8]) {
        guard normalizesPath, needsNormalizing else {
            if path.isEmpty { bytes.append(slash) }
            URIEncoding.append(path.utf8, keepingSlash: true, to: &bytes)
            return
        }
        var segments: [Substring.UTF8View] = []
        for segment in Substring(path).utf8.split(separator: slash) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) { _ = segments.popLast() } else { segments.append(segment) }
        }
        for segment in segments {
            bytes.append(slash)
            URIEncoding.append(segment, keepingSlash: false, to: &bytes)
        }
        if segments.isEmpty || path.utf8.last == slash || path.hasSuffix("/.") || path.hasSuffix("/..") {
            bytes.append(slash)
        }
    }

    private var needsNormalizing: Bool {
        var atSegmentStart = true
        for (index, byte) in path.utf8.enumerated() {
            if index > 0, atSegmentStart, byte == slash || byte == UInt8(ascii: ".") { return true }
            atSegmentStart = byte == slash
        }
        return false
    }

    // MARK: Query

    private func appendCanonicalQuery(to bytes: inout [UInt8]) {
        guard !query.isEmpty else { return }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((Self.recoded(parts[0]), parts.count > 1 ? Self.recoded(parts[1]) : []))
        }
        pairs.sort { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        for (index, pair) in pairs.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.append(contentsOf: pair.name)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: pair.value)
        }
    }

    private static func recoded(_ text: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        URIEncoding.append(URIEncoding.decoded(text), keepingSlash: false, to: &output)
        return output
    }
}

private let newline = UInt8(ascii: "\n")
private let slash = UInt8(ascii: "/")

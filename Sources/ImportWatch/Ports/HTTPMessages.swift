/// One header line of a request.
public struct HTTPHeader: Hashable, Sendable {
    /// The field's name as it is sent.
    public var name: String
    /// The field's value, without line breaks.
    public var value: String

    /// Makes a header.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request as it goes out, with the limits that hold for it.
public struct HTTPRequest: Hashable, Sendable {
    /// The methods in use.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Sends a body.
        case post = "POST"
        /// Sends a body to a named place (instance metadata tokens).
        case put = "PUT"
    }

    /// Which proxy settings hold.
    public enum Proxy: Hashable, Sendable {
        /// HTTPS_PROXY, HTTP_PROXY, NO_PROXY and their lower-case forms.
        case environment
        /// None: for addresses on this machine and link-local services.
        case none
    }

    /// The files that TLS uses instead of the system's; paths to PEM files.
    public struct TLSFiles: Hashable, Sendable {
        /// Certificates of the authorities that are trusted, instead of the system's.
        public var certificateAuthorities: String?
        /// The certificate that is shown to the server.
        public var clientCertificate: String?
        /// The key of ``clientCertificate``.
        public var clientKey: String?

        /// Names files; all `nil` means the system's authorities and no client certificate.
        public init(
            certificateAuthorities: String? = nil,
            clientCertificate: String? = nil,
            clientKey: String? = nil
        ) {
            self.certificateAuthorities = certificateAuthorities
            self.clientCertificate = clientCertificate
            self.clientKey = clientKey
        }
    }

    /// What is taken of an answer.
    public struct Answer: Hashable, Sendable {
        /// The longest body that is taken, in bytes.
        public var limit: Int
        /// Whether the body is wanted; where not, one that is too long is no failure.
        public var isBodyKept: Bool

        /// By default a body of up to 1 MiB is kept.
        public init(limit: Int = 1 << 20, isBodyKept: Bool = true) {
            self.limit = limit
            self.isBodyKept = isBodyKept
        }

        /// Only the status and the headers; a body is read on to 64 KiB, so that the connection can be used again.
        public static let withoutBody = Answer(limit: 64 << 10, isBodyKept: false)
    }

    /// The method.
    public var method: Method
    /// The absolute address; its path is sent as it stands.
    public var url: String
    /// Header lines in the order they are sent.
    public var headers: [HTTPHeader]
    /// The body, empty for none.
    public var body: [UInt8]
    /// The longest wait for a connection, TLS included.
    public var connectTimeout: Duration
    /// The longest time for all of the exchange.
    public var timeout: Duration
    /// Certificates and keys.
    public var tls: TLSFiles
    /// Proxy settings.
    public var proxy: Proxy
    /// What is taken of the answer.
    public var answer: Answer

    /// Makes a request.
    public init(
        method: Method,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(15),
        tls: TLSFiles = TLSFiles(),
        proxy: Proxy = .environment,
        answer: Answer = Answer()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.tls = tls
        self.proxy = proxy
        self.answer = answer
    }
}

/// A whole answer: status, headers and body.
public struct HTTPResponse: Hashable, Sendable {
    /// The status code, 100 to 599.
    public var status: Int
    /// The header block of the final answer as it came: lines `Name: value` that end in CR LF.
    public var headerBlock: [UInt8]
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, headerBlock: [UInt8] = [], body: [UInt8] = []) {
        self.status = status
        self.headerBlock = headerBlock
        self.body = body
    }

    /// The first value of the header `name`, compared without case, white space around it removed; `nil` if absent.
    public func header(_ name: StaticString) -> String? {
        let length = name.utf8CodeUnitCount
        return name.withUTF8Buffer { wanted in
            var start = headerBlock.startIndex
            while start < headerBlock.endIndex {
                let end = headerBlock[start...].firstIndex(of: UInt8(ascii: "\n")) ?? headerBlock.endIndex
                let line = headerBlock[start..<end]
                if line.count > length, line[start + length] == UInt8(ascii: ":"),
                    zip(line, wanted).allSatisfy({ $0.asciiLowercased == $1.asciiLowercased })
                {
                    return String(decoding: line.dropFirst(length + 1).trimmingHTTPWhitespace, as: UTF8.self)
                }
                start = end < headerBlock.endIndex ? end + 1 : end
            }
            return nil
        }
    }
}

extension HTTPResponse {
    /// How long Retry-After asks to wait, given in seconds or as a date; `nil` when there is none that makes sense.
    public func retryAfter(now: WallTime) -> Duration? {
        guard let text = header("retry-after") else { return nil }
        if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
        return WallTime(httpDate: text).map { max(.zero, now.duration(to: $0)) }
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        (65...90).contains(self) ? self + 32 : self
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingHTTPWhitespace: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 }
        return drop(while: isBlank).reversed().drop(while: isBlank).reversed()[...]
    }
}

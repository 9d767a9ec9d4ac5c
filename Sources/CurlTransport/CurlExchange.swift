import CCurl
import CurlShim
import ImportWatch

/// One request under way: its handle, what has arrived of the answer, and whom to tell.
final class CurlExchange {
    let number: UInt64
    let handle: CurlHandle
    let host: String
    let completion: @MainActor (Result<HTTPResponse, TransportError>) -> Void
    /// Called with each piece of the answer.
    var onPiece: () -> Void = {}
    /// Asked before bytes are kept; false where the exchange is to end because all of them together hold too much.
    var mayHold: (Int) -> Bool = { _ in true }
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var headerBlock: [UInt8] = []
    private var body: [UInt8] = []
    private var answer = HTTPRequest.Answer()
    /// Bytes of header lines of any kind: of informational answers, of the answer, of trailers.
    private var headerBytes = 0
    private var bodyBytes = 0
    private var excess: TransportError?
    /// Whether a byte of the answer has come.
    private var hasBegun = false
    /// Whether the header of the answer has ended.
    private var isInBody = false
    /// How often libcurl went on before the answer began, and later without a piece of its body.
    private var steps = 0
    /// The longest answer of a proxy to CONNECT, in bytes: each is one step.
    private static let connectLimit = 16 << 10
    /// How often libcurl may go on within a body and have nothing of it.
    ///
    /// It does so once for what it reads at once, up to 1.6 MB, and about once a second while nothing comes: no honest
    /// answer has so much between two pieces.
    private static let emptyLimit = 512

    init(
        number: UInt64,
        handle: CurlHandle,
        host: String,
        completion: @escaping @MainActor (Result<HTTPResponse, TransportError>) -> Void
    ) {
        self.number = number
        self.handle = handle
        self.host = host
        self.completion = completion
    }

    isolated deinit {
        curl_slist_free_all(headerLines)
    }

    /// Sets every option of the request; answers what makes it impossible.
    func prepare(_ request: HTTPRequest, userAgent: String) -> TransportError? {
        if let problem = Self.problem(with: request) { return problem }
        answer = request.answer
        handle.useErrorBuffer()
        handle.set(CURLOPT_URL, request.url)
        handle.set(CURLOPT_USERAGENT, userAgent)
        setLimits(request)
        setTLS(request.tls)
        if request.proxy == .none {
            handle.set(CURLOPT_PROXY, "")
            handle.set(CURLOPT_NOPROXY, "*")
        }
        if request.method != .get {
            handle.setBody(request.body)
            if request.method != .post { handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
        guard setHeaders(request) else { return .other(host: host, reason: "libcurl has no memory") }
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_PRIVATE, pointer: context)
        handle.set(CURLOPT_WRITEDATA, pointer: context)
        handle.set(CURLOPT_HEADERDATA, pointer: context)
        _ = cshim_set_data_callback(handle.easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.body)
        _ = cshim_set_data_callback(handle.easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.header)
        handle.set(CURLOPT_NOPROGRESS, 0)
        handle.set(CURLOPT_XFERINFODATA, pointer: context)
        _ = cshim_set_progress_callback(handle.easy, CurlCallbacks.progress)
        return handle.wasRefused ? .badAddress(reason: "libcurl does not take it, or a file that goes with it") : nil
    }

    /// Takes note that libcurl goes on; false when a proxy's answer to CONNECT gets too long, or what is no body in a body.
    ///
    /// libcurl reads the first byte by byte within one call, for as long as there is more, and looks at no time limit. Of
    /// the second, extensions of chunks, it counts no byte.
    func goesOn() -> Bool {
        guard !hasBegun || isInBody else { return true }
        steps += 1
        if isInBody {
            guard steps > Self.emptyLimit else { return true }
            return end(with: .other(host: host, reason: "its answer goes on and on with nothing in it"))
        }
        onPiece()
        guard steps > Self.connectLimit else { return true }
        return end(with: .proxy(reason: "its answer to CONNECT is longer than \(Self.connectLimit) bytes"))
    }

    /// Takes a header line or trailer; false when there are too many.
    ///
    /// The first line of a newer answer (after 100 Continue) begins anew, but for what counts against the limit.
    func take(header line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasBegun = true
        // The empty line after an informational answer is not the last: the next one's first line follows.
        isInBody =
            isInBody && !line.starts(with: "HTTP/".utf8) || line.elementsEqual("\r\n".utf8)
            || line.elementsEqual("\n".utf8)
        steps = 0
        onPiece()
        headerBytes += line.count
        guard excess == nil, headerBytes <= CurlTransport.headerLimit else {
            return end(with: .headersTooLarge(host: host, limit: CurlTransport.headerLimit))
        }
        if line.starts(with: "HTTP/".utf8) {
            headerBlock.removeAll(keepingCapacity: true)
        } else {
            guard mayHold(line.count) else { return end(with: .tooMuchAtOnce(host: host)) }
            headerBlock.append(contentsOf: line)
        }
        return true
    }

    /// Takes a piece of the body; false when the body gets too long, or when no more of it is wanted.
    func take(body piece: UnsafeBufferPointer<UInt8>) -> Bool {
        onPiece()
        steps = 0
        bodyBytes += piece.count
        guard excess == nil, bodyBytes <= answer.limit else {
            return end(with: .bodyTooLarge(host: host, limit: answer.limit))
        }
        guard answer.isBodyKept else { return true }
        guard mayHold(piece.count) else { return end(with: .tooMuchAtOnce(host: host)) }
        body.append(contentsOf: piece)
        return true
    }

    /// Lets go of what has come; what is still to come ends the exchange.
    func drop() {
        _ = end(with: .tooMuchAtOnce(host: host))
    }

    private func end(with error: TransportError) -> Bool {
        if excess == nil { excess = error }
        if case .bodyTooLarge = error, !answer.isBodyKept { return false }
        headerBlock = []
        body = []
        return false
    }

    /// What came of the exchange.
    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportError> {
        if case .bodyTooLarge? = excess, !answer.isBodyKept {
            // Status and headers are all that was wanted.
            return .success(HTTPResponse(status: handle.responseStatus, headerBlock: headerBlock))
        }
        // Also where libcurl had the whole answer: it was dropped while it waited to be reported.
        if let excess { return .failure(excess) }
        if code == CURLE_OK {
            return .success(HTTPResponse(status: handle.responseStatus, headerBlock: headerBlock, body: body))
        }
        return .failure(TransportError(code, handle: handle, host: host))
    }

    private static func problem(with request: HTTPRequest) -> TransportError? {
        guard request.url.hasPrefix("https://") || request.url.hasPrefix("http://") else {
            return .badAddress(reason: "it must begin with https:// or http://")
        }
        guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return .badAddress(reason: "it holds blanks or control characters")
        }
        for header in request.headers {
            guard header.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                return .badAddress(reason: "the header \(Redaction.redact(header.name)) holds control characters")
            }
        }
        return nil
    }

    private func setLimits(_ request: HTTPRequest) {
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.connectTimeout.milliseconds)))
        handle.set(CURLOPT_TIMEOUT_MS, max(1, Int(request.timeout.milliseconds)))
        handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        handle.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(request.timeout.seconds)))
        handle.set(CURLOPT_MAXAGE_CONN, 118)
        handle.set(CURLOPT_MAXLIFETIME_CONN, 300)
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_QUICK_EXIT, 1)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func setTLS(_ files: HTTPRequest.TLSFiles) {
        if let path = files.certificateAuthorities { handle.set(CURLOPT_CAINFO, path) }
        if let path = files.clientCertificate { handle.set(CURLOPT_SSLCERT, path) }
        if let path = files.clientKey { handle.set(CURLOPT_SSLKEY, path) }
    }

    /// False where there was no memory for a line: a request that lacks one would not be what was signed.
    private func setHeaders(_ request: HTTPRequest) -> Bool {
        // curl wants "Name;" for a header without a value.
        var lines = request.headers.map { $0.value.isEmpty ? $0.name + ";" : $0.name + ": " + $0.value }
        if request.method != .get {
            lines.append("Expect:")
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                lines.append("Content-Type:")
            }
        }
        for line in lines {
            guard let longer = curl_slist_append(headerLines, line) else { return false }
            headerLines = longer
        }
        handle.set(CURLOPT_HTTPHEADER, pointer: headerLines)
        return true
    }
}

import CCurl
import CurlShim
import ImportWatch

/// One request under way: its handle, what has arrived of the answer, and whom to tell.
final class CurlExchange {
    let number: UInt64
    let handle: CurlHandle
    let host: String
    let completion: @MainActor (Result<HTTPResponse, TransportError>) -> Void
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var headerBlock: [UInt8] = []
    private var body: [UInt8] = []
    private var isTooLarge = false

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
        setHeaders(request)
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_PRIVATE, pointer: context)
        handle.set(CURLOPT_WRITEDATA, pointer: context)
        handle.set(CURLOPT_HEADERDATA, pointer: context)
        _ = cshim_set_data_callback(handle.easy, CURLOPT_WRITEFUNCTION, CurlCallbacks.body)
        _ = cshim_set_data_callback(handle.easy, CURLOPT_HEADERFUNCTION, CurlCallbacks.header)
        return nil
    }

    /// Takes a header line; the first line of a newer answer (after 100 Continue) begins anew.
    func take(header line: UnsafeBufferPointer<UInt8>) {
        if line.starts(with: "HTTP/".utf8) {
            headerBlock.removeAll(keepingCapacity: true)
        } else {
            headerBlock.append(contentsOf: line)
        }
    }

    /// Takes a piece of the body; false when the body gets too long.
    func take(body piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard body.count + piece.count <= CurlTransport.bodyLimit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: piece)
        return true
    }

    /// What came of the exchange.
    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportError> {
        if code == CURLE_OK {
            return .success(HTTPResponse(status: handle.responseStatus, headerBlock: headerBlock, body: body))
        }
        if isTooLarge { return .failure(.bodyTooLarge(host: host, limit: CurlTransport.bodyLimit)) }
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
        handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func setTLS(_ files: HTTPRequest.TLSFiles) {
        if let path = files.certificateAuthorities { handle.set(CURLOPT_CAINFO, path) }
        if let path = files.clientCertificate { handle.set(CURLOPT_SSLCERT, path) }
        if let path = files.clientKey { handle.set(CURLOPT_SSLKEY, path) }
    }

    private func setHeaders(_ request: HTTPRequest) {
        for header in request.headers {
            // curl wants "Name;" for a header without a value.
            headerLines = curl_slist_append(
                headerLines,
                header.value.isEmpty ? header.name + ";" : header.name + ": " + header.value
            )
        }
        if request.method != .get {
            headerLines = curl_slist_append(headerLines, "Expect:")
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                headerLines = curl_slist_append(headerLines, "Content-Type:")
            }
        }
        handle.set(CURLOPT_HTTPHEADER, pointer: headerLines)
    }
}

import CCurl
import ImportWatch

extension TransportError {
    /// Sorts a failure that libcurl reports.
    ///
    /// libcurl's own words are shown only where they say what a peer did: those about addresses and proxies quote
    /// settings, with their passwords.
    @MainActor init(_ code: CURLcode, handle: CurlHandle, host: String) {
        let text = handle.errorText.isEmpty ? String(cString: curl_easy_strerror(code)) : handle.errorText
        let reason = Redaction.redact(text)
        // A host may have such a name too.
        let name = host.lastIndex(of: ":").map { String(host[..<$0]) } ?? host
        let words = name.isEmpty ? text.lowercased() : text.lowercased().replacing(name.lowercased(), with: "")
        let isAboutProxy = ["proxy", "socks"].contains(where: words.contains)
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL where handle.wasConnected:
            // How libcurl calls an answer without a status line.
            self = .other(host: host, reason: "its answer is no HTTP")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            self =
                isAboutProxy
                ? .proxy(reason: "its address is none; \(Self.proxyAdvice)")
                : .badAddress(reason: "it, or that of a proxy, is malformed")
        case CURLE_COULDNT_RESOLVE_HOST:
            self = .unresolvedHost(host)
        case CURLE_COULDNT_RESOLVE_PROXY:
            self = .proxy(reason: "its name could not be resolved; \(Self.proxyAdvice)")
        case _ where isAboutProxy || code == CURLE_PROXY:
            self = .proxy(reason: "it can't be used, or did not let the connection through; \(Self.proxyAdvice)")
        case CURLE_COULDNT_CONNECT:
            self = .connectionFailed(host: host, reason: reason)
        case CURLE_OPERATION_TIMEDOUT:
            self = handle.wasConnected ? .timeout(host: host) : .connectTimeout(host: host)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            self = .tls(host: host, reason: reason)
        case CURLE_RECV_ERROR where text.contains("SSL routines"):
            // In TLS 1.3 a refused or missing client certificate shows only when the answer is read.
            self = .tls(host: host, reason: reason)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY,
            CURLE_BAD_CONTENT_ENCODING:
            self = .connectionLost(host: host, reason: reason)
        default:
            self = .other(host: host, reason: String(cString: curl_easy_strerror(code)))
        }
    }

    private static let proxyAdvice = "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY"
}

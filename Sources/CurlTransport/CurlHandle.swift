import CCurl
import CurlShim

/// An easy handle of libcurl with its error buffer, used for one request after the other.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>
    /// Whether an option was not taken since the last reset: too long, or no memory.
    private(set) var wasRefused = false

    init?() {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    isolated deinit {
        curl_easy_cleanup(easy)
        errorBuffer.deallocate()
    }

    /// Takes every option back to its default; connections stay with the multi handle.
    func reset() {
        curl_easy_reset(easy)
        wasRefused = false
        errorBuffer.pointee = 0
    }

    /// What libcurl says about the last failure.
    var errorText: String { String(cString: errorBuffer) }

    func set(_ option: CURLoption, _ value: Int) {
        note(cshim_set_long(easy, option, value))
    }

    func set(_ option: CURLoption, _ value: String) {
        note(cshim_set_string(easy, option, value))
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        note(cshim_set_pointer(easy, option, pointer))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { wasRefused = true }
    }

    /// Sets a body of any bytes, which libcurl copies.
    func setBody(_ body: [UInt8]) {
        note(cshim_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        body.withUnsafeBytes { bytes in
            note(cshim_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
        }
        if body.isEmpty { set(CURLOPT_COPYPOSTFIELDS, "") }
    }

    func useErrorBuffer() {
        _ = cshim_set_string(easy, CURLOPT_ERRORBUFFER, errorBuffer)
    }

    var responseStatus: Int {
        var status = 0
        _ = cshim_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// Whether the request itself could be begun: name resolved, connection and TLS established.
    var wasConnected: Bool {
        var microseconds: curl_off_t = 0
        _ = cshim_get_size(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
        return microseconds > 0
    }
}

import ImportWatch
import JSON

/// An error that an AWS service answered, decoded as the restJson1 protocol says.
public struct ServiceError: Error, Hashable, Sendable {
    /// The error's code without namespace and suffix; `nil` when the answer names none.
    public var code: String?
    /// The service's words, empty when it gave none.
    public var message: String
    /// The HTTP status.
    public var status: Int
    /// The service's request ID.
    public var requestID: String?
    /// How long the service asks to wait.
    public var retryAfter: Duration?

    /// Reads an answer whose status is not 2xx.
    ///
    /// - Parameter now: The time against which an HTTP date in Retry-After is held.
    public init(_ response: HTTPResponse, now: WallTime) {
        status = response.status
        requestID = response.header("x-amzn-requestid")
        retryAfter = RetryHint.read(response, now: now)
        // Two members are wanted; no tree is made of the rest, for it may be a megabyte of anything.
        let body = try? JSONCursor(decoding: response.body)
        code =
            Self.stripped(response.header("x-amzn-errortype"))
            ?? Self.stripped(body?["code"]?.string)
            ?? Self.stripped(body?["__type"]?.string)
        message = body?["message"]?.string ?? body?["Message"]?.string ?? ""
    }

    /// The code without a `namespace#` before it and a `:http://…` after it.
    private static func stripped(_ raw: String?) -> String? {
        guard let raw else { return nil }
        let beforeColon = raw.prefix { $0 != ":" }
        let code = (beforeColon.lastIndex(of: "#").map { beforeColon[beforeColon.index(after: $0)...] } ?? beforeColon)
            .trimmingBlanks
        return code.isEmpty ? nil : code
    }

    /// What to call it: the code, or the status where there is none.
    public var name: String { code ?? "HTTP \(status)" }

    /// The error as a problem to report.
    public var problem: ServiceProblem {
        ServiceProblem(
            code: name,
            message: message.isEmpty ? "the service gave no reason" : message,
            requestID: requestID,
            httpStatus: status
        )
    }
}

/// How long a server asks to wait: `x-amz-retry-after` in milliseconds, else Retry-After in seconds or as a date.
public enum RetryHint {
    /// Reads the hint; `nil` when there is none that makes sense.
    public static func read(_ response: HTTPResponse, now: WallTime) -> Duration? {
        if let text = response.header("x-amz-retry-after"), let milliseconds = UInt32(text) {
            return .milliseconds(Int64(milliseconds))
        }
        return response.retryAfter(now: now)
    }
}

import ImportWatch

/// How far the service's clock is from this machine's, learnt from refused signatures and used for the next ones.
///
/// Legal transitions: none → an offset, when a signature is refused for its time; offset → another offset, the same way;
/// offset → none, when the machine's clock agrees with an answer's Date again.
public struct ClockSkew: Hashable, Sendable {
    /// A change that people are told, and after which a refused call is worth repeating.
    public enum Change: Hashable, Sendable {
        /// The service's clock is ahead of this machine's by this much (negative: behind).
        case differs(Duration)
        /// The clocks agree again.
        case agrees
    }

    /// Services take signatures that are up to five minutes off; less than this needs no correction.
    private static let tolerance = Duration.seconds(240)
    private static let agreement = Duration.seconds(60)
    private static let certain: Set<String> = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]
    private static let possible: Set<String> = [
        "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch",
    ]

    /// What is added to this machine's time for signatures.
    public private(set) var offset = Duration.zero

    /// Makes the skew of an endpoint that has not been asked yet.
    public init() {}

    /// The time to sign with.
    public func serviceTime(now: WallTime) -> WallTime {
        offset == .zero ? now : now.advanced(by: offset)
    }

    /// How the clocks differ, for people.
    public var inWords: String {
        guard offset != .zero else { return "this machine's clock agrees with the service's" }
        let direction = offset < .zero ? "ahead of" : "behind"
        return "this machine's clock is \(abs(offset.milliseconds / 1000)) s \(direction) the service's"
    }

    /// Learns from an answer.
    ///
    /// - Parameters:
    ///   - code: The error's code; `nil` for an answer that is no error.
    ///   - now: This machine's time when the answer came.
    public mutating func learn(from response: HTTPResponse, code: String?, now: WallTime) -> Change? {
        let mayBeSkew = code.map { Self.certain.contains($0) || Self.possible.contains($0) } ?? false
        guard mayBeSkew || offset != .zero,
            let date = response.header("date").flatMap({ WallTime(httpDate: $0) })
        else { return nil }
        let difference = now.duration(to: date)
        if offset != .zero, Self.size(difference) <= Self.agreement {
            offset = .zero
            return .agrees
        }
        guard mayBeSkew, let code else { return nil }
        let error = serviceTime(now: now).duration(to: date)
        guard Self.size(error) > (Self.certain.contains(code) ? Self.agreement : Self.tolerance) else { return nil }
        offset = difference
        return .differs(difference)
    }

    private static func size(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }
}

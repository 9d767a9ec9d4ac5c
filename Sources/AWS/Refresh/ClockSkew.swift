import ImportWatch

/// How far the service's clock is from this machine's, learnt from refused signatures and used for the next ones.
///
/// Legal transitions: none → an offset, when a signature is refused for its time; offset → another offset, the same way;
/// offset → none, when the machine's clock agrees with an answer's Date again.
///
/// A Date can be wrong, and two hosts behind one address can have different ones. So a refused call is worth repeating
/// once for each time that the service has accepted a signature since; a refusal after that stands. That the clocks
/// differ is told once, and told anew only after they have agreed for a number of answers, which doubles each time.
public struct ClockSkew: Hashable, Sendable {
    /// A change that people are told.
    public enum Change: Hashable, Sendable {
        /// The service's clock is ahead of this machine's by this much (negative: behind).
        case differs(Duration)
        /// The clocks agree again.
        case agrees
    }

    /// What an answer says about a signature.
    public enum Verdict: Hashable, Sendable {
        /// The service took it.
        case accepted
        /// The service refused the call with this code.
        case refused(code: String)
    }

    /// What was learnt from an answer.
    public struct Lesson: Hashable, Sendable {
        /// What to tell people, if anything.
        public var change: Change?
        /// Whether the call is worth repeating at once, signed with the time as it is known now.
        public var isWorthRepeating = false

        /// Makes what was learnt.
        public init(change: Change? = nil, isWorthRepeating: Bool = false) {
            self.change = change
            self.isWorthRepeating = isWorthRepeating
        }
    }

    /// Services take signatures that are up to five minutes off; less than this needs no correction.
    private static let tolerance = Duration.seconds(240)
    private static let agreement = Duration.seconds(60)
    /// A Date that is further away is wrong itself; beyond this no certificate would be valid here and there.
    private static let credible = Duration.seconds(366 * 86_400)
    /// How many agreeing answers end what was told, at first and at most.
    private static let firstCalm = 10
    private static let longestCalm = 10_240
    private static let certain: Set<String> = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]
    private static let possible: Set<String> = [
        "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch",
    ]

    /// What is added to this machine's time for signatures.
    public private(set) var offset = Duration.zero
    /// Counts the corrections after which refused calls were worth repeating; a signature is made under the present one.
    public private(set) var revision = 0
    private var mayRepeat = true
    private var hasToldDifference = false
    private var agreements = 0
    private var calm = Self.firstCalm

    /// Makes the skew of an endpoint that has not been asked yet.
    public init() {}

    /// The time to sign with.
    public func serviceTime(now: WallTime) -> WallTime {
        offset == .zero ? now : now.advanced(by: offset)
    }

    /// Learns from an answer.
    ///
    /// - Parameters:
    ///   - revision: The ``revision`` under which the call was signed.
    ///   - now: This machine's time when the answer came.
    public mutating func learn(
        from response: HTTPResponse,
        _ verdict: Verdict,
        signedUnder revision: Int,
        now: WallTime
    ) -> Lesson {
        switch verdict {
        case .accepted:
            mayRepeat = true
            return Lesson(change: noteAccepted(difference(response, now)))
        case .refused(let code):
            let isCertain = Self.certain.contains(code)
            guard isCertain || Self.possible.contains(code), let difference = difference(response, now) else {
                return Lesson()
            }
            let error = difference - offset
            guard Self.size(error) > (isCertain ? Self.agreement : Self.tolerance) else {
                // Signed before the correction that another call's refusal brought.
                return Lesson(isWorthRepeating: revision < self.revision)
            }
            return correct(by: difference)
        }
    }

    private mutating func correct(by difference: Duration) -> Lesson {
        agreements = 0
        offset = Self.size(difference) <= Self.agreement ? .zero : difference
        var lesson = Lesson(isWorthRepeating: mayRepeat)
        if mayRepeat { revision += 1 }
        mayRepeat = false
        if offset != .zero, !hasToldDifference {
            hasToldDifference = true
            lesson.change = .differs(difference)
        }
        return lesson
    }

    private mutating func noteAccepted(_ difference: Duration?) -> Change? {
        guard hasToldDifference, let difference else { return nil }
        guard Self.size(difference) <= Self.agreement else {
            agreements = 0
            return nil
        }
        offset = .zero
        agreements += 1
        guard agreements >= calm else { return nil }
        hasToldDifference = false
        agreements = 0
        calm = min(calm * 2, Self.longestCalm)
        return .agrees
    }

    /// How far the answer's Date is ahead of this machine's clock; `nil` where it has none that can be believed.
    private func difference(_ response: HTTPResponse, _ now: WallTime) -> Duration? {
        guard let date = response.header("date").flatMap({ WallTime(httpDate: $0) }) else { return nil }
        let difference = now.duration(to: date)
        return Self.size(difference) <= Self.credible ? difference : nil
    }

    private static func size(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }
}

import ImportWatch
import JSON

/// An operation of SESv2: what one call of it asks for, and what its answers mean.
///
/// Where it is asked, with what signature and how long for, is ``SESv2Client``'s.
public protocol SESv2Operation: Sendable {
    /// What a successful call answers.
    associatedtype Answer: Hashable, Sendable

    /// The operation's name in the service model, which entries and permissions use.
    static var name: String { get }
    /// The longest answer that is taken, in bytes.
    static var answerLimit: Int { get }

    /// What is sent.
    var call: SESv2Call { get }

    /// Reads the object that a successful call answered.
    func read(_ answer: JSONCursor) throws(UnreadableAnswer) -> Answer

    /// What an error code says about the job that was asked for; `nil` where it says nothing.
    static func refusal(_ code: String) -> JobRefusal?
}

/// The part of a request that belongs to the operation alone.
public struct SESv2Call: Hashable, Sendable {
    var method = HTTPRequest.Method.get
    /// Percent-encoded, from `/v2` on.
    var path: String
    /// Percent-encoded, without the question mark.
    var query = ""
    /// JSON, or nothing.
    var body: [UInt8] = []
}

extension SESv2Operation {
    /// The permission that a call takes.
    public static var action: String { "ses:" + name }

    /// What an answer says.
    public func result(of response: HTTPResponse, now: WallTime) -> CallResult<Answer> {
        guard (200..<300).contains(response.status) else { return Self.result(of: ServiceError(response, now: now)) }
        let requestID = response.header("x-amzn-requestid")
        do throws(UnreadableAnswer) {
            return .answered(try read(response.body), requestID: requestID)
        } catch {
            let problem = ServiceProblem(
                code: "UnreadableAnswer",
                message: "HTTP \(response.status) with a body that can't be read: \(error)",
                requestID: requestID,
                httpStatus: response.status
            )
            return .unavailable(problem, retryAfter: nil)
        }
    }

    private func read(_ body: [UInt8]) throws(UnreadableAnswer) -> Answer {
        let root: JSONCursor
        do {
            root = try JSONCursor(decoding: body)
        } catch {
            throw .notJSON(error)
        }
        guard root.isObject else { throw .notAnObject }
        return try read(root)
    }

    /// What a failed exchange says: nothing about the job, only about the way to the service.
    public static func result(of error: TransportError) -> CallResult<Answer> {
        .unavailable(ServiceProblem(code: error.kind, message: error.description), retryAfter: nil)
    }

    /// What an error of the service says.
    public static func result(of error: ServiceError) -> CallResult<Answer> {
        switch ErrorClass(error) {
        case .throttling: .throttled(error.problem, retryAfter: error.retryAfter)
        case .credentials, .clockSkew: .credentialsRefused(error.problem)
        case .transient: .unavailable(error.problem, retryAfter: error.retryAfter)
        case .other:
            if let refusal = error.code.flatMap(Self.refusal) {
                .jobRefused(refusal, error.problem)
            } else {
                .unavailable(error.problem, retryAfter: error.retryAfter)
            }
        }
    }
}

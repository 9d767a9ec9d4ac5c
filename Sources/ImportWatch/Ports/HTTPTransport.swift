/// Sends HTTP requests without blocking; the port that AWS calls and webhooks go out through.
@MainActor
public protocol HTTPTransport: AnyObject {
    /// Starts a request and calls `completion` once, in a later turn of the loop, unless it is cancelled first.
    func send(
        _ request: HTTPRequest,
        completion: @escaping @MainActor (Result<HTTPResponse, TransportError>) -> Void
    ) -> HTTPExchangeID

    /// Gives a request up; its completion will not be called. An ID that is unknown or done is ignored.
    func cancel(_ id: HTTPExchangeID)
}

extension HTTPTransport {
    /// Sends a request that nothing will cancel and returns its answer.
    public func answer(to request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        await withCheckedContinuation { continuation in
            _ = send(request) { continuation.resume(returning: $0) }
        }
    }
}

/// Names a request that was handed to a transport.
public struct HTTPExchangeID: Hashable, Sendable {
    /// A number that the transport does not use again.
    public let number: UInt64

    /// Makes an ID.
    public init(number: UInt64) {
        self.number = number
    }
}

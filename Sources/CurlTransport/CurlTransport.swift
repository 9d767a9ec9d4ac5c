import CCurl
import ImportWatch

/// Sends HTTP requests with libcurl's multi interface on the main queue; nothing in it blocks.
public final class CurlTransport: HTTPTransport {
    /// The most bytes of header lines of one answer, informational answers before it and trailers included.
    public static let headerLimit = 64 << 10

    private let loop: CurlLoop
    private let userAgent: String
    private var exchanges: [UInt64: CurlExchange] = [:]
    private var idleHandles: [CurlHandle] = []
    private var lastNumber: UInt64 = 0
    private var budget = TransferBudget()
    private var isClosed = false

    /// Sets up the loop.
    ///
    /// - Parameters:
    ///   - userAgent: What the requests call their sender.
    ///   - now: The clock by which a turn of the loop ends in time for others.
    public init(userAgent: String, now: @escaping () -> MonotonicInstant) throws(CurlSetupError) {
        self.userAgent = userAgent
        loop = try CurlLoop(now: now)
        loop.onDone = { [weak self] number, result in self?.finish(number, result) }
    }

    /// How many requests are under way.
    public var activeCount: Int { exchanges.count }

    /// Told how often each turn of the loop ran curl, for measurements; costs nothing while `nil`.
    public var turnObserver: CurlTurnObserver? {
        get { loop.turnObserver }
        set { loop.turnObserver = newValue }
    }

    /// Starts a request and calls `completion` once, in a later turn of the loop, unless it is cancelled first.
    public func send(
        _ request: HTTPRequest,
        completion: @escaping @MainActor (Result<HTTPResponse, TransportError>) -> Void
    ) -> HTTPExchangeID {
        lastNumber += 1
        let number = lastNumber
        guard !isClosed else {
            loop.later { completion(.failure(.other(host: request.host, reason: "the program is stopping"))) }
            return HTTPExchangeID(number: number)
        }
        guard let handle = idleHandles.popLast() ?? CurlHandle() else {
            loop.later { completion(.failure(.other(host: "", reason: "libcurl has no memory"))) }
            return HTTPExchangeID(number: number)
        }
        let exchange = CurlExchange(number: number, handle: handle, host: request.host, completion: completion)
        exchange.onPiece = { [loop] in loop.notePiece() }
        exchange.mayHold = { [weak self] bytes in self?.mayHold(bytes, number) ?? false }
        exchanges[number] = exchange
        if let problem = exchange.prepare(request, userAgent: userAgent) ?? loop.add(exchange) {
            loop.later { [weak self] in self?.complete(number, .failure(problem)) }
        }
        return HTTPExchangeID(number: number)
    }

    /// Gives a request up; its completion will not be called.
    public func cancel(_ id: HTTPExchangeID) {
        guard let exchange = exchanges.removeValue(forKey: id.number) else { return }
        recycle(exchange)
    }

    /// Gives every request up and closes all connections; the transport can't be used after it.
    public func close() {
        isClosed = true
        for number in Array(exchanges.keys) { cancel(HTTPExchangeID(number: number)) }
        idleHandles = []
        loop.close()
    }

    private func finish(_ number: UInt64, _ code: CURLcode) {
        guard let exchange = exchanges[number] else { return }
        complete(number, exchange.result(code))
    }

    /// Whether an exchange may keep some more bytes; another one may have to give way for them.
    private func mayHold(_ bytes: Int, _ number: UInt64) -> Bool {
        let dropped = budget.take(bytes, by: number)
        for other in dropped where other != number {
            guard let exchange = exchanges[other] else { continue }
            exchange.drop()
            // libcurl is in the midst of a call: it must not be told before that returns.
            loop.later { [weak self] in self?.complete(other, .failure(.tooMuchAtOnce(host: exchange.host))) }
        }
        return !dropped.contains(number)
    }

    private func complete(_ number: UInt64, _ result: Result<HTTPResponse, TransportError>) {
        guard let exchange = exchanges.removeValue(forKey: number) else { return }
        recycle(exchange)
        exchange.completion(result)
    }

    private func recycle(_ exchange: CurlExchange) {
        loop.remove(exchange)
        budget.release(exchange.number)
        exchange.handle.reset()
        if idleHandles.count < 64 { idleHandles.append(exchange.handle) }
    }
}

extension HTTPRequest {
    /// The host with its port, without scheme, user and path: all of the address that errors may show.
    var host: String {
        guard let scheme = url.range(ofScheme: "://") else { return "" }
        let authority = url[scheme...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
    }
}

extension String {
    fileprivate func range(ofScheme separator: String) -> String.Index? {
        var position = startIndex
        while position < endIndex {
            if self[position...].hasPrefix(separator) { return index(position, offsetBy: separator.count) }
            position = index(after: position)
        }
        return nil
    }
}

/// A request as it was received.
struct ReceivedRequest: Sendable {
    var method: String
    /// The path as it was sent, without the query.
    var path: String
    /// The query as it was sent, without the question mark.
    var query: String
    /// The headers with their names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// Whether the client is on this machine.
    var isLocal: Bool

    /// The values of a header, joined by commas; `nil` when it is absent.
    ///
    /// - Parameter name: The header's name in lower case.
    func header(_ name: String) -> String? {
        var joined: String?
        for header in headers where header.name == name {
            joined = joined.map { "\($0),\(header.value)" } ?? header.value
        }
        return joined
    }
}

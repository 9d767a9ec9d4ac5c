/// How many bytes of answers are held at once: one budget for all exchanges, so that many hostile ones together can't
/// take more than one is allowed to many times over.
///
/// Who holds most is dropped when it is overdrawn: answers of a usual size get through beside any number of endless ones.
nonisolated struct TransferBudget {
    /// The most bytes of headers and bodies that all exchanges may hold: some thousand times a usual answer.
    static let limit = 16 << 20

    private let limit: Int
    private var held: [UInt64: Int] = [:]
    private(set) var total = 0

    init(limit: Int = Self.limit) {
        self.limit = limit
    }

    /// Notes bytes that an exchange is going to hold.
    ///
    /// - Returns: Which exchanges are to be dropped, itself perhaps among them; these hold nothing any more.
    mutating func take(_ bytes: Int, by exchange: UInt64) -> [UInt64] {
        held[exchange, default: 0] += bytes
        total += bytes
        var dropped: [UInt64] = []
        while total > limit, let greediest = held.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key {
            release(greediest)
            dropped.append(greediest)
        }
        return dropped
    }

    /// Notes that an exchange holds nothing any more.
    mutating func release(_ exchange: UInt64) {
        total -= held.removeValue(forKey: exchange) ?? 0
    }
}

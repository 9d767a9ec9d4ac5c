import TestSupport
import Testing

@testable import CurlTransport

/// The budget against a plain model, in random histories.
@Suite struct TransferBudgetTests {
    @Test func noMoreIsHeldThanTheLimitAndTheGreediestGoFirst() {
        for seed in 0..<300 {
            var random = SeededGenerator(seed: UInt64(seed))
            let limit = Int.random(in: 1...2000, using: &random)
            var budget = TransferBudget(limit: limit)
            var held: [UInt64: Int] = [:]
            for _ in 0..<300 {
                let exchange = UInt64.random(in: 0..<12, using: &random)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    budget.release(exchange)
                    held[exchange] = nil
                } else {
                    let bytes = Int.random(in: 0...(limit / 3 + 1), using: &random)
                    held[exchange, default: 0] += bytes
                    for dropped in budget.take(bytes, by: exchange) {
                        #expect(held[dropped] == held.values.max(), "history \(seed)")
                        #expect(held.values.reduce(0, +) > limit, "history \(seed)")
                        held[dropped] = nil
                    }
                }
                #expect(budget.total == held.values.reduce(0, +) && budget.total <= limit, "history \(seed)")
            }
        }
    }
}

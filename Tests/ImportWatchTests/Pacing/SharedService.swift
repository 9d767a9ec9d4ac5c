import Glibc
import ImportWatch
import TestSupport

/// A service that allows one request a second and is shared with another caller, at the end of a virtual wire.
struct SharedService {
    /// How the service counts.
    enum Limit: String, CaseIterable {
        case bucketOfOne = "bucket of 1"
        case bucketOfFive = "bucket of 5"
        case oneASecond = "1 in each second"
    }

    private let limit: Limit
    private var tokens: Double
    private var refilledAt = 0.0
    private var second = -1.0

    init(_ limit: Limit) {
        self.limit = limit
        tokens = limit == .bucketOfFive ? 5 : 1
    }

    /// Whether a request that comes at `now` is served rather than throttled.
    mutating func serves(at now: Double) -> Bool {
        switch limit {
        case .oneASecond:
            guard now.rounded(.down) != second else { return false }
            second = now.rounded(.down)
            return true
        case .bucketOfOne, .bucketOfFive:
            tokens = min(limit == .bucketOfFive ? 5 : 1, tokens + max(0, now - refilledAt))
            refilledAt = max(refilledAt, now)
            guard tokens >= 1 - 1e-9 else { return false }
            tokens -= 1
            return true
        }
    }
}

/// The service's other caller: it asks at random moments, and up to three times where it is throttled.
struct OtherCaller {
    private var pending: [(at: Double, tries: Int)]
    private let load: (Double) -> Double

    init(load: @escaping (Double) -> Double, using random: inout SeededGenerator) {
        self.load = load
        pending = [(0, -1)]
    }

    var next: (at: Double, tries: Int)? { pending.min { $0.at < $1.at } }

    /// Plays what is due until `now`.
    mutating func play(until now: Double, at service: inout SharedService, using random: inout SeededGenerator) {
        while let index = pending.indices.min(by: { pending[$0].at < pending[$1].at }), pending[index].at <= now {
            let (at, tries) = pending.remove(at: index)
            if tries < 0 {
                let rate = load(at)
                pending.append((at + (rate > 0 ? -log(Double.random(in: 1e-9..<1, using: &random)) / rate : 5), -1))
                if rate <= 0 { continue }
            }
            let made = max(0, tries) + 1
            guard !service.serves(at: at), made < 3 else { continue }
            pending.append((at + 0.05 + Double.random(in: 0..<1, using: &random) * Double(made), made))
        }
    }
}

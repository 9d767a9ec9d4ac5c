import ImportWatch
import TestSupport

@testable import AWS

/// A virtual machine with one source, a service that checks keys and the time of signatures, and a provider of keys.
struct SignedWorld {
    /// What the provider does with searches that begin.
    enum Provider: CaseIterable {
        case new, same, failing, hanging, ending
    }

    struct Flight {
        var poll: SignedPoller.Poll
        var lands: MonotonicInstant
    }

    struct Search {
        var number: Int
        var ends: MonotonicInstant
        var finding: CredentialFinding
    }

    static let rates: [Double] = [0.2, 1, 4, 20]

    let rate: Double
    var random: SeededGenerator
    var clock = VirtualClock()
    var signed: SignedPoller
    var settings: PollingSettings
    var provider = Provider.new
    /// The keys that the service takes.
    var valid: Set<String> = []
    /// How far the service's clock is ahead of this machine's.
    var serviceIsAhead = Duration.zero
    var throttles = false
    /// The jobs that the service knows; all where it is `nil`.
    var known: Set<String>?
    /// How long searches take, in milliseconds.
    var searchTakes: ClosedRange<Int64> = 1...800

    private(set) var flights: [Flight] = []
    private(set) var searches: [Search] = []
    private(set) var sent: [MonotonicInstant] = []
    private(set) var polled: [String: MonotonicInstant] = [:]
    private(set) var signers: Set<String> = []
    private(set) var begunSearches = 0
    private(set) var entries: [JournalEntry] = []
    private(set) var lost = 0
    private var keys = 0
    private var given: Credentials?
    private var accepted: String?

    init(seed: UInt64, jobs: Int = 30) {
        random = SeededGenerator(seed: seed)
        rate = Self.rates[Int(seed % UInt64(Self.rates.count))]
        settings = PollingSettings(requestsPerSecond: rate)
        signed = SignedPoller(JobPoller(source: "s", region: "r", settings: settings, now: clock.now))
        _ = signed.poller.setJobs(
            (0..<jobs).map { "job-\($0)" },
            records: { _ in nil },
            now: clock.now,
            wall: clock.wall,
            using: &random
        )
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    private mutating func milliseconds(_ range: ClosedRange<Int64>) -> Duration {
        .milliseconds(Int64.random(in: range, using: &random))
    }

    // MARK: Time

    /// Lives for some time: turns, answers and ends of searches, each when it is due.
    mutating func live(for duration: Duration) {
        let end = clock.now.advanced(by: duration)
        turn()
        while true {
            let events =
                flights.map(\.lands) + searches.map(\.ends) + [signed.nextTurn(now: clock.now)].compactMap { $0 }
            guard let next = events.min(), next <= end else { break }
            clock.advance(to: next)
            land()
            endSearches()
            turn()
        }
        clock.advance(to: end)
    }

    private mutating func turn() {
        perform(signed.turn(now: clock.now, wall: clock.wall, files: { [] }, using: &random))
    }

    mutating func reload(isSameEndpoint: Bool = true, isSameIdentity: Bool = true) {
        perform(
            signed.reloaded(
                settings,
                isSameEndpoint: isSameEndpoint,
                isSameIdentity: isSameIdentity,
                now: clock.now,
                using: &random
            )
        )
    }

    private mutating func perform(_ orders: SignedPoller.Orders) {
        for poll in orders.polls {
            sent.append(clock.now)
            polled[poll.ticket.jobID] = clock.now
            signers.insert(poll.credentials.accessKeyID)
            flights.append(Flight(poll: poll, lands: clock.now.advanced(by: milliseconds(20...1500))))
        }
        if let number = orders.search {
            begunSearches += 1
            let takes = provider == .hanging ? .seconds(60) : milliseconds(searchTakes)
            let finding = CredentialFinding(credentials: search())
            searches.append(Search(number: number, ends: clock.now.advanced(by: takes), finding: finding))
        }
        for action in orders.actions {
            switch action {
            case .report(let entry): entries.append(entry)
            case .tell(let outcome): lost += outcome.type == .lost ? 1 : 0
            case .save: break
            }
        }
    }

    // MARK: The provider

    private mutating func search() -> Result<Credentials?, CredentialError> {
        switch provider {
        case .failing, .hanging: return .failure(CredentialError(provider: "test", reason: "down"))
        case .same: if let given { return .success(given) }
        case .new, .ending: break
        }
        keys += 1
        let lifetimes: [Double?] = provider == .ending ? [5, 20] : [nil, 600, 3600]
        let lifetime = lifetimes.randomElement(using: &random) ?? nil
        let credentials = Credentials(
            accessKeyID: "K\(keys)",
            secretAccessKey: "s",
            expiresAt: lifetime.map { clock.wall.advanced(by: .seconds($0)) },
            provider: "test"
        )
        valid.insert(credentials.accessKeyID)
        given = credentials
        return .success(credentials)
    }

    private mutating func endSearches() {
        let ended = searches.filter { $0.ends <= clock.now }
        searches.removeAll { $0.ends <= clock.now }
        for search in ended {
            perform(
                signed.found(
                    search.finding,
                    bySearch: search.number,
                    now: clock.now,
                    wall: clock.wall,
                    using: &random
                )
            )
        }
    }

    // MARK: The service

    private mutating func land() {
        let landed = flights.filter { $0.lands <= clock.now }
        flights.removeAll { $0.lands <= clock.now }
        for flight in landed {
            let operation = GetImportJob(jobID: flight.poll.ticket.jobID)
            let response = chance(0.01) ? nil : answer(flight.poll)
            let result =
                response.map { operation.result(of: $0, now: clock.wall) }
                ?? GetImportJob.result(of: .timeout(host: "test"))
            if case .answered = result { accepted = flight.poll.credentials.accessKeyID }
            perform(
                signed.handle(
                    result,
                    of: response,
                    to: flight.poll,
                    now: clock.now,
                    wall: clock.wall,
                    using: &random
                )
            )
        }
    }

    private func answer(_ poll: SignedPoller.Poll) -> HTTPResponse {
        let time = clock.wall.advanced(by: serviceIsAhead)
        func refusal(_ status: Int, _ code: String) -> HTTPResponse {
            let headers = "Date: \(time.httpDate)\r\nx-amzn-ErrorType: \(code)\r\n"
            return HTTPResponse(status: status, headerBlock: Array(headers.utf8))
        }
        if throttles { return refusal(429, "TooManyRequestsException") }
        let error = poll.time.duration(to: time)
        if error > .seconds(300) || error < .seconds(-300) { return refusal(403, "RequestTimeTooSkewed") }
        let keys = poll.credentials
        if !valid.contains(keys.accessKeyID) { return refusal(403, "UnrecognizedClientException") }
        // Clocks apart make no difference to an end that a service knows itself.
        if let end = keys.expiresAt, end <= clock.wall { return refusal(403, "ExpiredTokenException") }
        if let known, !known.contains(poll.ticket.jobID) { return refusal(404, "NotFoundException") }
        let headers = "Date: \(time.httpDate)\r\n"
        return HTTPResponse(
            status: 200,
            headerBlock: Array(headers.utf8),
            body: Array(#"{"JobStatus": "PROCESSING"}"#.utf8)
        )
    }

    // MARK: What is to be seen

    /// Whether the provider's last keys were accepted.
    var areKeysAccepted: Bool { accepted == given?.accessKeyID }

    /// How many entries there are of a kind and a priority.
    func count(_ kind: JournalEntry.Kind, _ priority: JournalEntry.Priority) -> Int {
        entries.filter { $0.kind == kind && $0.priority == priority }.count
    }

    /// The most requests beyond the budget in any window of so many seconds.
    func excess(seconds: Int64) -> Double {
        var (first, worst) = (0, -Double.infinity)
        for (last, time) in sent.enumerated() {
            while sent[first].duration(to: time) >= .seconds(seconds) { first += 1 }
            worst = max(worst, Double(last - first + 1) - (rate * Double(seconds) + max(1, rate)))
        }
        return worst
    }
}

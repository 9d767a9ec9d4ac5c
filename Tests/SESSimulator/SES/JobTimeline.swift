import ImportWatch
import JSON

/// A job that the simulator plays: what it looks like at a time.
struct JobTimeline: Sendable {
    let id: String
    private let job: Scenario.Job
    private let steps: [Scenario.Step]
    private let records: Int
    private let failed: Int
    /// When the simulator started, in seconds since the epoch.
    private let start: Double
    /// What the job's times count from, in seconds since the start; `nil` until its first request.
    private var origin: Double?

    private static let defaultSteps: [Scenario.Step] = [
        .init(status: "CREATED", seconds: 1), .init(status: "PROCESSING", seconds: 2),
        .init(status: "COMPLETED", seconds: nil),
    ]

    /// - Parameters:
    ///   - start: When the simulator started, in seconds since the epoch.
    ///   - now: When the job was added, in seconds since the start.
    init(_ job: Scenario.Job, id: String, start: Double, now: Double) {
        self.id = id
        self.job = job
        self.start = start
        steps = job.timeline ?? Self.defaultSteps
        records = job.records ?? 1000
        failed = job.failed ?? 0
        origin = job.clock == .firstRequest ? nil : now
    }

    /// Whether the job is one of an account's in a Region.
    func belongs(to account: String, in region: String) -> Bool {
        (job.account ?? account) == account && (job.region ?? region) == region
    }

    /// Whether both are the same job of the same account and Region, so that one takes the other's place.
    func isSameJob(as other: JobTimeline) -> Bool {
        id == other.id && job.account == other.job.account && job.region == other.job.region
    }

    /// Whether the job imports to a kind of destination, `CONTACT_LIST` or `SUPPRESSION_LIST`.
    func imports(to destinationType: String) -> Bool {
        destinationType == (job.destination == .suppressionList ? "SUPPRESSION_LIST" : "CONTACT_LIST")
    }

    /// Notes a GetImportJob, by which a job whose clock waits for it begins.
    mutating func wasAsked(at time: Double) {
        if origin == nil { origin = time }
    }

    /// Whether the service knows the job at a time in seconds since the start.
    func isKnown(at time: Double) -> Bool {
        let elapsed = time - (origin ?? time)
        return elapsed >= job.visibleFrom ?? 0 && elapsed < job.vanishesAt ?? .infinity
    }

    /// GetImportJob's answer at a time.
    func answer(at time: Double) -> JSONValue {
        let state = state(at: time)
        var members = summary(state, at: time)
        members.append(
            .init("ImportDataSource", ["S3Url": .string("s3://imports/\(id).csv"), "DataFormat": "CSV"])
        )
        if state.isTerminal {
            members.append(.init("CompletedTimestamp", Self.timestamp(createdAt(time) + state.began)))
            if let failure { members.append(.init("FailureInfo", failure)) }
        }
        return .object(members)
    }

    /// The job in ListImportJobs's answer at a time.
    func summary(at time: Double) -> JSONValue {
        .object(summary(state(at: time), at: time))
    }

    // MARK: Members

    private func summary(_ state: State, at time: Double) -> [JSONValue.Member] {
        let processed = state.isTerminal ? records : Int(Double(records) * state.progress)
        let failed = state.isTerminal ? failed : Int(Double(failed) * state.progress)
        return [
            .init("JobId", .string(id)), .init("JobStatus", .string(state.status)),
            .init("ImportDestination", destination), .init("CreatedTimestamp", Self.timestamp(createdAt(time))),
            .init("ProcessedRecordsCount", .integer(Int64(processed))),
            .init("FailedRecordsCount", .integer(Int64(failed))),
        ]
    }

    private var destination: JSONValue {
        job.destination == .suppressionList
            ? ["SuppressionListDestination": ["SuppressionListImportAction": "PUT"]]
            : ["ContactListDestination": ["ContactListName": "news", "ContactListImportAction": "PUT"]]
    }

    private var failure: JSONValue? {
        guard failed > 0 || job.message != nil else { return nil }
        let message = JSONValue.Member(
            "ErrorMessage",
            .string(job.message ?? "\(failed) records could not be imported.")
        )
        guard failed > 0 else { return .object([message]) }
        let url =
            "https://imports.s3.amazonaws.com/\(id)-failed.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=ASIAEXAMPLEEXAMPLE00%2F20261123%2Feu-west-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20261123T201504Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        return .object([message, .init("FailedRecordsS3Url", .string(url))])
    }

    /// Seconds since the epoch with three decimals, as the service writes them.
    private static func timestamp(_ seconds: Double) -> JSONValue {
        .number((seconds * 1000).rounded() / 1000)
    }

    // MARK: Time

    /// Where the job stands at a time.
    private struct State {
        var status: String
        var isTerminal: Bool
        /// How much of the records is done, from 0 to 1.
        var progress: Double
        /// When the step began, in seconds since the job was created.
        var began: Double
    }

    private func createdAt(_ time: Double) -> Double {
        start + (origin ?? time) + (job.visibleFrom ?? 0)
    }

    private func state(at time: Double) -> State {
        let elapsed = max(0, start + time - createdAt(time))
        var began = 0.0
        for (index, step) in steps.enumerated() {
            guard index + 1 < steps.count, let seconds = step.seconds, elapsed - began >= seconds else {
                let isProcessing = step.status == "PROCESSING"
                return State(
                    status: step.status,
                    isTerminal: JobStatus(rawValue: step.status).isTerminal,
                    progress: isProcessing ? min(0.99, (elapsed - began) / max(step.seconds ?? 60, 0.001)) : 0,
                    began: began
                )
            }
            began += seconds
        }
        return State(status: "COMPLETED", isTerminal: true, progress: 1, began: began)
    }
}

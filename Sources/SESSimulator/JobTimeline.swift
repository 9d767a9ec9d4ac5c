import ImportWatch
import JSON

/// A job that the simulator plays: what it looks like at a time.
struct JobTimeline: Sendable {
    let id: String
    private let steps: [Scenario.Step]
    private let records: Int
    private let failed: Int
    private let message: String?
    private let visibleFrom: Double
    private let vanishesAt: Double?
    private let createdAt: Double

    /// - Parameters:
    ///   - start: When the simulator started, in seconds since the epoch.
    ///   - now: When the job was added, in seconds since the start.
    init(_ job: Scenario.Job, id: String, start: Double, now: Double) {
        self.id = id
        steps = job.timeline ?? [.init(status: "PROCESSING", seconds: 1), .init(status: "COMPLETED", seconds: nil)]
        records = job.records ?? 1000
        failed = job.failed ?? 0
        message = job.message
        visibleFrom = now + (job.visibleFrom ?? 0)
        vanishesAt = job.vanishesAt.map { $0 + now }
        createdAt = start + now
    }

    /// Whether the service knows the job at a time in seconds since the start.
    func isKnown(at time: Double) -> Bool {
        time >= visibleFrom && time < vanishesAt ?? .infinity
    }

    /// GetImportJob's answer at a time.
    func answer(at time: Double) -> JSONValue {
        let (step, progress, endedAt) = position(at: time)
        let isTerminal = JobStatus(rawValue: step.status).isTerminal
        var members: [JSONValue.Member] = summary(step, progress, isTerminal)
        members.append(
            .init(
                "ImportDataSource",
                ["S3Url": .string("s3://imports/\(id).csv"), "DataFormat": "CSV"]
            )
        )
        if isTerminal { members.append(.init("CompletedTimestamp", .number(createdAt + endedAt))) }
        if isTerminal, failed > 0 || message != nil {
            members.append(
                .init(
                    "FailureInfo",
                    [
                        "ErrorMessage": .string(message ?? "\(failed) records could not be imported."),
                        "FailedRecordsS3Url": .string(
                            "https://imports.s3.amazonaws.com/\(id)-failed.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                                + "&X-Amz-Credential=ASIAEXAMPLEEXAMPLE00&X-Amz-Signature=0123456789abcdef"
                        ),
                    ]
                )
            )
        }
        return .object(members)
    }

    /// The job in ListImportJobs's answer at a time.
    func summary(at time: Double) -> JSONValue {
        let (step, progress, _) = position(at: time)
        return .object(summary(step, progress, JobStatus(rawValue: step.status).isTerminal))
    }

    private func summary(_ step: Scenario.Step, _ progress: Double, _ isTerminal: Bool) -> [JSONValue.Member] {
        let processed = isTerminal ? records : Int(Double(records) * progress)
        return [
            .init("JobId", .string(id)),
            .init("JobStatus", .string(step.status)),
            .init(
                "ImportDestination",
                ["ContactListDestination": ["ContactListName": "news", "ContactListImportAction": "PUT"]]
            ),
            .init("CreatedTimestamp", .number(createdAt)),
            .init("ProcessedRecordsCount", .integer(Int64(processed))),
            .init("FailedRecordsCount", .integer(Int64(isTerminal ? failed : 0))),
        ]
    }

    /// The step at a time, how far PROCESSING has got, and when the step began.
    private func position(at time: Double) -> (Scenario.Step, Double, Double) {
        var left = max(0, time - visibleFrom)
        var began = 0.0
        for step in steps {
            guard let seconds = step.seconds, left >= seconds else {
                let progress = step.status == "PROCESSING" ? min(0.99, left / max(step.seconds ?? 60, 0.001)) : 0
                return (step, progress, began)
            }
            left -= seconds
            began += seconds
        }
        return (steps.last ?? .init(status: "COMPLETED", seconds: nil), 1, began)
    }
}

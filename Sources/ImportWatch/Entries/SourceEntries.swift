/// The journal entries about a source and its jobs that are no events.
public struct SourceEntries: Sendable {
    private let source: String
    private let region: String

    /// Names the source that all of them are about.
    public init(_ source: String, _ region: String) {
        self.source = source
        self.region = region
    }

    private var place: String { "source \(source) (\(region))" }

    func changed(_ change: SourceHealth.Change) -> JournalEntry {
        switch change {
        case .credentialsRefused(let problem):
            entry(
                .credentialsRefused,
                .error,
                "\(place): credentials refused: \(problem.code): \(problem.message); "
                    + "polling goes on as a probe until they are accepted",
                problem
            )
        case .credentialsAccepted(let time, let refusals):
            entry(
                .credentialsAccepted,
                .notice,
                "\(place): credentials accepted again after \(time.inWords) and \(refusals.counted("refusal"))"
            )
        case .endpointDown(let problem, let failures):
            entry(
                .endpointUnavailable,
                .warning,
                "\(place): no usable answer in \(failures.counted("request")): \(problem.code): \(problem.message); "
                    + "polling goes on as a probe",
                problem
            )
        case .onlyThrottled(let problem, let time, let throttles):
            entry(
                .endpointUnavailable,
                .warning,
                "\(place): no answer for \(time.inWords), \(throttles.counted("request")) throttled: "
                    + "\(problem.code): \(problem.message); polling goes on slowly",
                problem
            )
        case .throttlingEnded(let time, let throttles):
            entry(
                .endpointAvailable,
                .notice,
                "\(place): answers again after \(time.inWords) and \(throttles.counted("throttle"))"
            )
        case .endpointUp(let time, let failures):
            entry(
                .endpointAvailable,
                .notice,
                "\(place): answers again after \(time.inWords) and \(failures.counted("failure"))"
            )
        }
    }

    func throttled(_ problem: ServiceProblem, pacer: RequestPacer) -> JournalEntry {
        entry(
            .sourceThrottled,
            .notice,
            "\(place): throttled (\(problem.code)); pace lowered from \(pacer.rate.inWords) to "
                + "\(pacer.pace.inWords) requests a second, rising again with success",
            problem
        )
    }

    func atFullPace(rate: Double) -> JournalEntry {
        entry(.sourceAtFullPace, .info, "\(place): back at \(rate.inWords) requests a second")
    }

    func unknownStatus(of job: ImportJob) -> JournalEntry {
        entry(
            .unknownStatus,
            .warning,
            "\(place): job \(job.id) has status \(job.status.rawValue), which this version does not know; "
                + "it is polled on as not ended",
            about: [.jobID: job.id, .jobStatus: job.status.rawValue]
        )
    }

    func found(jobID: String) -> JournalEntry {
        entry(
            .jobFound,
            .notice,
            "\(place): job \(jobID), told as lost, is found again",
            about: [.jobID: jobID]
        )
    }

    func refused(jobID: String, _ problem: ServiceProblem) -> JournalEntry {
        entry(
            .jobRefused,
            .warning,
            "\(place): job \(jobID) can't be asked for: \(problem.message); check the ID in the list",
            problem,
            about: [.jobID: jobID]
        )
    }

    func noJobExists(count: Int, _ problem: ServiceProblem) -> JournalEntry {
        entry(
            .noJobExists,
            .error,
            "\(place): none of its \(count) jobs exists in this account and Region; "
                + "check region, profile and role_arn",
            problem
        )
    }

    // MARK: Credentials

    /// Credentials could not be renewed, and those from before are not at their end yet.
    public func credentialsNotRenewed(_ problem: String) -> JournalEntry {
        entry(
            .credentialsRefused,
            .warning,
            "\(place): credentials were not renewed, the old ones go on: \(problem)"
        )
    }

    /// Credentials could be renewed again.
    public func credentialsRenewed(after time: Duration) -> JournalEntry {
        entry(.credentialsAccepted, .notice, "\(place): credentials are renewed again after \(time.inWords)")
    }

    /// What a provider of credentials wants looked at.
    public func credentialsNotice(_ words: String) -> JournalEntry {
        entry(.configurationWarning, .warning, "\(place): \(words)")
    }

    // MARK: The clock

    /// The clocks differ by more than the service accepts.
    ///
    /// - Parameter offset: How far the service's clock is ahead of this machine's.
    public func clockDiffers(by offset: Duration) -> JournalEntry {
        let words = Self.clockDifference(offset)
        return entry(.clockSkew, .warning, "\(place): \(words); signatures use the service's time, set the clock")
    }

    /// The clocks differ no more.
    public func clockAgrees() -> JournalEntry {
        entry(.clockSkew, .info, "\(place): this machine's clock agrees with the service's again")
    }

    /// By how much this machine's clock differs from the service's, in words.
    public static func clockDifference(_ offset: Duration) -> String {
        let size = offset < .zero ? .zero - offset : offset
        let direction = offset < .zero ? "ahead of" : "behind"
        return "this machine's clock is \(size.milliseconds / 1000) s \(direction) the service's"
    }

    private func entry(
        _ kind: JournalEntry.Kind,
        _ priority: JournalEntry.Priority,
        _ message: String,
        _ problem: ServiceProblem? = nil,
        about more: [JournalEntry.Field: String] = [:]
    ) -> JournalEntry {
        var fields = more
        fields[.source] = source
        fields[.region] = region
        if let problem {
            fields[.errorCode] = problem.code
            fields[.errorMessage] = problem.message
            fields[.requestID] = problem.requestID
            fields[.httpStatus] = problem.httpStatus.map(String.init)
        }
        return JournalEntry(kind: kind, priority: priority, message: message, fields: fields)
    }
}

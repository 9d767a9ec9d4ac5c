import ImportWatch

/// What the sources of a process share about cached tokens: refreshes under way, and tokens that could not be written.
///
/// A refresh token may be good for one refresh only, so what one brought must not be lost, and no two may run at once.
@MainActor
public final class SSOTokens {
    typealias Outcome = Result<SSOToken, CredentialError>

    /// At most one refresh in this time.
    private static let restingTime = Duration.seconds(30)

    private var unwritten: [String: (token: SSOToken, replacing: FileVersion?)] = [:]
    private var underWay: [String: Task<Outcome, Never>] = [:]
    private var last: [String: (at: WallTime, outcome: Outcome)] = [:]
    private var told: Set<String> = []
    private var notice: String?

    /// Makes an empty memory.
    public init() {}

    /// The token that takes the place of the file's as long as nobody else changes the file.
    func token(insteadOf path: String, version: FileVersion?) -> SSOToken? {
        guard let kept = unwritten[path] else { return nil }
        if kept.replacing == version { return kept.token }
        unwritten[path] = nil
        return nil
    }

    /// Notes that a token could not be written.
    func keep(_ token: SSOToken, insteadOf path: String, version: FileVersion?, notice words: @autoclosure () -> String)
    {
        unwritten[path] = (token, version)
        if told.insert(path).inserted { notice = words() }
    }

    /// Notes that a token was written.
    func written(_ path: String) {
        unwritten[path] = nil
        told.remove(path)
    }

    /// Refreshes a token, unless that is under way already or was tried just now; then what came of that holds.
    func refresh(
        _ path: String,
        now: WallTime,
        _ refresh: @escaping @MainActor () async -> Outcome
    ) async -> Outcome {
        if let task = underWay[path] { return await task.value }
        if let last = last[path], (.zero..<Self.restingTime).contains(last.at.duration(to: now)) {
            return last.outcome
        }
        // A task of its own: a source that is given up must not cut off what others wait for.
        let task = Task { await refresh() }
        underWay[path] = task
        let outcome = await task.value
        underWay[path] = nil
        last[path] = (now, outcome)
        return outcome
    }

    /// What people should know and have not been told.
    func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }
}

import Control
import CurlTransport
import ImportWatch
import Platform
import WatchConfiguration

/// Looks at sources as the daemon does: finds their endpoints and credentials and, if wanted, makes one real call.
public struct Doctor {
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private let programs: SpawnedPrograms

    init(environment: DaemonEnvironment, transport: any HTTPTransport, programs: SpawnedPrograms) {
        self.environment = environment
        self.transport = transport
        self.programs = programs
    }

    /// Makes one for a program that is no daemon.
    ///
    /// - Parameters:
    ///   - variables: The variables with which it looks.
    ///   - files: The files as it sees them.
    public init(variables: [String: String], files: any FileReader) throws(CurlSetupError) {
        let clock = SystemClock()
        self.init(
            environment: DaemonEnvironment(variables: variables, files: files, clock: clock),
            transport: try CurlTransport(userAgent: "importwatchctl/\(importWatchVersion)", now: clock.now),
            programs: SpawnedPrograms()
        )
    }

    /// Examines every source in turn.
    ///
    /// - Parameter probe: A job to ask about, at the sources that list it or, where none does, at all of them.
    public func findings(_ sources: [Configuration.Source], probe: String?) async -> [SourceFindings] {
        let isListed = sources.contains { source in probe.map(source.jobs.contains) ?? false }
        var findings: [SourceFindings] = []
        for source in sources {
            let examination = SourceExamination(
                source: source,
                environment: environment,
                transport: transport,
                programs: programs
            )
            let isAsked = probe.map { !isListed || source.jobs.contains($0) } ?? false
            findings.append(await examination.findings(probe: isAsked ? probe : nil))
        }
        return findings
    }
}

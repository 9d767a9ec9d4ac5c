import AWS
import Control
import ImportWatch
import Platform
import WatchConfiguration

/// The examination of one source.
final class SourceExamination {
    private let source: Configuration.Source
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private let programs: SpawnedPrograms
    private let caller: ServiceCaller

    init(
        source: Configuration.Source,
        environment: DaemonEnvironment,
        transport: any HTTPTransport,
        programs: SpawnedPrograms
    ) {
        self.source = source
        self.environment = environment
        self.transport = transport
        self.programs = programs
        caller = ServiceCaller(ports: environment.ports(transport: transport))
    }

    /// What is wrong with one part does not keep the others from being looked at.
    func findings(probe: String?) async -> SourceFindings {
        let client = environment.client(of: source)
        var findings = SourceFindings(name: source.name, region: client.region)
        var endpoint: ServiceEndpoint?
        if client.region == nil {
            findings.add("no Region: set region = \"…\", AWS_REGION or the profile's region")
        } else {
            do throws(EndpointProblem) {
                endpoint = try client.endpoint(of: .sesv2).endpoint
                findings.endpoint = endpoint?.url
            } catch {
                findings.add(error.description)
            }
        }
        if let problem = environment.authoritiesProblem(of: source) { findings.add(problem) }
        let keys = environment.credentials(
            profile: source.profile,
            roleARN: source.roleARN,
            region: client.region,
            transport: transport,
            programs: programs
        )
        switch await keys.credentials() {
        case .failure(let error): findings.add(Remedy.line(missing: error))
        case .success(let credentials):
            findings.credentials = SourceFindings.Key(
                provider: credentials.provider,
                accessKeyID: credentials.accessKeyID,
                expiresAt: credentials.expiresAt
            )
            guard let probe, let region = client.region, let endpoint else { break }
            let service = SESv2Client(
                endpoint: endpoint,
                region: region,
                connectTimeout: source.connectTimeout,
                timeout: source.requestTimeout,
                tls: client.tls
            )
            switch await caller.result(of: GetImportJob(jobID: probe), by: service, signedWith: credentials) {
            case .answered(let job, _): findings.probe = .init(jobID: probe, status: job.status.rawValue)
            case let refusal:
                if let problem = Remedy.line(refusal, jobID: probe, region: region) { findings.add(problem) }
            }
            let skew = caller.skew(of: endpoint)
            if skew.offset != .zero {
                findings.add("\(SourceEntries.clockDifference(skew.offset)); set this machine's clock")
            }
        }
        return findings
    }
}

import AWS
import CurlTransport
import ImportWatch
import SESv2
import WatchConfiguration

/// Looks at sources as the daemon would: finds their endpoints and credentials and, if wanted, makes one real call.
public enum Doctor {
    /// Examines every source in turn.
    ///
    /// - Parameters:
    ///   - probe: A job to ask about, at the sources that list it or, where none does, at all of them.
    ///   - variables: The process's environment.
    public static func examine(
        _ configuration: Configuration,
        probe: String?,
        variables: [String: String]
    ) async throws(CurlSetupError) -> [SourceFindings] {
        let transport = try CurlTransport(userAgent: "importwatchctl/\(importWatchVersion)")
        let environment = DaemonEnvironment(variables: variables, files: LocalFiles(), clock: SystemClock())
        let isListed = configuration.sources.contains { source in probe.map(source.jobs.contains) ?? false }
        var findings: [SourceFindings] = []
        for source in configuration.sources {
            let examination = SourceExamination(source: source, environment: environment, transport: transport)
            let isAsked = probe.map { !isListed || source.jobs.contains($0) } ?? false
            findings.append(await examination.findings(probe: isAsked ? probe : nil))
        }
        transport.close()
        return findings
    }
}

/// The examination of one source.
final class SourceExamination {
    private let source: Configuration.Source
    private let environment: DaemonEnvironment
    private let transport: any HTTPTransport
    private let caller: ServiceCaller

    init(source: Configuration.Source, environment: DaemonEnvironment, transport: any HTTPTransport) {
        self.source = source
        self.environment = environment
        self.transport = transport
        caller = ServiceCaller(ports: environment.ports(transport: transport))
    }

    func findings(probe: String?) async -> SourceFindings {
        let client = environment.client(of: source)
        var findings = SourceFindings(name: source.name, region: client.region)
        guard let region = client.region else {
            findings.problems.append("no Region: set region = \"…\", AWS_REGION or the profile's region")
            return findings
        }
        let endpoint: ServiceEndpoint
        do throws(EndpointProblem) {
            endpoint = try client.endpoint(of: .sesv2).endpoint
            findings.endpoint = endpoint.url
        } catch {
            findings.problems.append(error.description)
            return findings
        }
        let keys = environment.credentials(
            profile: source.profile,
            roleARN: source.roleARN,
            region: region,
            transport: transport
        )
        switch await keys.credentials() {
        case .failure(let error): findings.problems.append(error.description)
        case .success(let credentials):
            findings.credentials = SourceFindings.Key(credentials)
            guard let probe else { break }
            let ask = Probe(jobID: probe, region: region, endpoint: endpoint, tls: client.tls)
            switch await answer(to: ask, signedWith: credentials) {
            case .answered(let job, _): findings.probe = .init(jobID: probe, status: job.status.rawValue)
            case let refusal:
                if let problem = Remedy.line(refusal, jobID: probe, region: region) {
                    findings.problems.append(problem)
                }
            }
            let skew = caller.skew(of: endpoint)
            if skew.offset != .zero { findings.problems.append("\(skew.inWords); set this machine's clock") }
        }
        return findings
    }

    // MARK: The probe

    private struct Probe {
        var jobID: String
        var region: String
        var endpoint: ServiceEndpoint
        var tls: HTTPRequest.TLSFiles
    }

    /// Calls with the SDKs' standard retries.
    private func answer(to probe: Probe, signedWith credentials: Credentials) async -> PollResult {
        var signer = SigV4Signer(credentials: credentials, region: probe.region, service: "ses")
        var refusal: HTTPResponse?
        do throws(ServiceCaller.Failure) {
            let response = try await caller.call(
                at: probe.endpoint,
                request: { time in
                    GetImportJob.request(
                        jobID: probe.jobID,
                        endpoint: probe.endpoint,
                        signer: &signer,
                        at: time,
                        connectTimeout: source.connectTimeout,
                        timeout: source.requestTimeout,
                        tls: probe.tls
                    )
                },
                error: { response, now in
                    refusal = response
                    return ServiceError(response, now: now)
                }
            )
            return result(of: response, probe)
        } catch {
            switch error {
            case .transport(let error): return GetImportJob.result(of: error)
            case .service(let error): return refusal.map { result(of: $0, probe) } ?? .credentialsRefused(error.problem)
            }
        }
    }

    private func result(of response: HTTPResponse, _ probe: Probe) -> PollResult {
        GetImportJob.result(of: response, jobID: probe.jobID, now: environment.clock.wall())
    }
}

extension CredentialSource {
    /// Credentials to sign with, after a fetch where there are none yet.
    fileprivate func credentials() async -> Result<Credentials, CredentialError> {
        await withCheckedContinuation { continuation in
            credentials { continuation.resume(returning: $0) }
        }
    }
}

import AWS
import Control
import ImportWatch
import Platform
import SESv2
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
                expiresAt: credentials.expiresAt?.rfc3339
            )
            guard let probe, let region = client.region, let endpoint else { break }
            let question = Probe(jobID: probe, region: region, endpoint: endpoint, tls: client.tls)
            await ask(question, signedWith: credentials, &findings)
        }
        return findings
    }

    private func ask(_ probe: Probe, signedWith credentials: Credentials, _ findings: inout SourceFindings) async {
        switch await answer(to: probe, signedWith: credentials) {
        case .answered(let job, _): findings.probe = .init(jobID: probe.jobID, status: job.status.rawValue)
        case let refusal:
            if let problem = Remedy.line(refusal, jobID: probe.jobID, region: probe.region) { findings.add(problem) }
        }
        let skew = caller.skew(of: probe.endpoint)
        if skew.offset != .zero {
            findings.add("\(SourceEntries.clockDifference(skew.offset)); set this machine's clock")
        }
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

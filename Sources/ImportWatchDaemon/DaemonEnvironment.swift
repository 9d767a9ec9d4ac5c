import AWS
import ImportWatch
import Platform
import WatchConfiguration

/// What surrounds the daemon: variables, files, clocks.
package struct DaemonEnvironment {
    let variables: [String: String]
    let files: any FileReader
    let clock: SystemClock
    private let ssoTokens = SSOTokens()

    package init(variables: [String: String], files: any FileReader, clock: SystemClock) {
        (self.variables, self.files, self.clock) = (variables, files, clock)
    }

    /// A source's credentials, kept fresh.
    ///
    /// - Parameters:
    ///   - region: The source's Region; without one, what has to ask STS fails.
    ///   - programs: Runs the programs that give credentials.
    package func credentials(
        profile: String?,
        roleARN: String?,
        region: String?,
        transport: any HTTPTransport,
        programs: SpawnedPrograms = SpawnedPrograms()
    ) -> CredentialSource {
        let ports = ports(transport: transport, programs: programs)
        let provider = StandardCredentials(profile: profile, roleARN: roleARN, region: region, ports: ports)
        return CredentialSource(provider: provider, ports: ports)
    }

    /// How a source's services are reached: by its own settings, the environment's, its profile's.
    ///
    /// Shared files that can't be read are no reason not to start: whoever needs them tells what is wrong.
    package func client(of source: Configuration.Source) -> ClientConfiguration {
        do throws(CredentialError) {
            return try ClientConfiguration(
                region: source.region,
                endpointURL: source.endpointURL,
                profile: source.profile,
                variables: AWSVariables(variables),
                files: files
            )
        } catch {
            return ClientConfiguration(
                region: source.region,
                endpointURL: source.endpointURL,
                variables: AWSVariables(variables)
            )
        }
    }

    /// What a source's polls will fail at, as far as files tell.
    func troubles(of source: Configuration.Source) -> [String] {
        let profile = NamedProfile.problem(
            with: source.profile,
            variables: AWSVariables(variables),
            files: files
        )
        return [profile?.description, authoritiesProblem(of: source)].compactMap { $0 }
    }

    /// What is wrong with the certificate authorities that a source uses instead of the system's.
    func authoritiesProblem(of source: Configuration.Source) -> String? {
        guard let path = client(of: source).tls.certificateAuthorities else { return nil }
        do throws(FileError) {
            _ = try files.read(path, limit: 4 << 20)
            return nil
        } catch {
            return "the certificate authorities of AWS_CA_BUNDLE or the profile's ca_bundle: \(error)"
        }
    }

    /// What the AWS client reaches the world through.
    func ports(transport: any HTTPTransport, programs: SpawnedPrograms = SpawnedPrograms()) -> AWSPorts {
        let clock = clock
        var random = SystemRandom()
        return AWSPorts(
            variables: AWSVariables(variables),
            files: files,
            transport: transport,
            writer: LocalFiles(),
            ssoTokens: ssoTokens,
            processes: programs,
            wallTime: { clock.wall() },
            wait: { try? await Task.sleep(for: $0) },
            draw: { Double.random(in: 0...1, using: &random) }
        )
    }
}

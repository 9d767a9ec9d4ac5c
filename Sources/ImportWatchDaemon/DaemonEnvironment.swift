import AWS
import ImportWatch
import WatchConfiguration

/// What surrounds the daemon: variables, files, clocks.
struct DaemonEnvironment {
    let variables: [String: String]
    let files: any FileReader
    let clock: SystemClock

    func credentials(profile: String?) -> any CredentialProvider {
        CredentialChain.standard(profile: profile, environment: variables, files: files)
    }

    /// The Region of a source: its own, else AWS_REGION, else AWS_DEFAULT_REGION.
    func region(of source: Configuration.Source) -> String? {
        source.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
    }

    /// The endpoint of a source: its own address, else AWS_ENDPOINT_URL_SESV2, else AWS_ENDPOINT_URL, else the Region's.
    func endpoint(of source: Configuration.Source, region: String) -> ServiceEndpoint? {
        let address = source.endpointURL ?? variable("AWS_ENDPOINT_URL_SESV2") ?? variable("AWS_ENDPOINT_URL")
        return address.map(ServiceEndpoint.init) ?? .sesv2(region: region)
    }

    private func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

import AWS
import ImportWatch
import WatchConfiguration

extension SourceRunner.Settings {
    /// What the configuration says of a source, and how its service is reached.
    package init(_ source: Configuration.Source, endpoint: ServiceEndpoint, tls: HTTPRequest.TLSFiles) {
        self.init(
            endpoint: endpoint,
            tls: tls,
            profile: source.profile,
            roleARN: source.roleARN,
            polling: source.polling,
            requestTimeout: source.requestTimeout,
            connectTimeout: source.connectTimeout
        )
    }
}

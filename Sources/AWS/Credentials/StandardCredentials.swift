/// The providers of a source in their order: a profile of its own and nothing else; or the environment, AWS_PROFILE's or
/// the default profile, a web identity token, the container's agent, and the instance metadata service.
///
/// The first that has credentials ends the search, and so does the first error. Files are read anew each time.
@MainActor
public final class StandardCredentials: CredentialProvider {
    private let profile: String?
    private let roleARN: String?
    private let region: String?
    private let ports: AWSPorts
    private let caller: ServiceCaller

    /// Makes the providers of a source.
    ///
    /// - Parameters:
    ///   - profile: The profile that the program's own configuration names.
    ///   - roleARN: A role that is assumed with what the search finds.
    ///   - region: The source's Region, whose STS is asked.
    public init(profile: String?, roleARN: String?, region: String?, ports: AWSPorts) {
        self.profile = profile
        self.roleARN = roleARN
        self.region = region
        self.ports = ports
        caller = ServiceCaller(ports: ports)
    }

    /// Searches, and assumes the source's role if it has one.
    public func credentials() async throws(CredentialError) -> Credentials? {
        try await search()?.checked()
    }

    private func search() async throws(CredentialError) -> Credentials? {
        let environment = EnvironmentCredentials(variables: ports.variables)
        guard let roleARN else {
            // Keys in the environment need no file, not even a readable one.
            if profile == nil, let found = try await environment.credentials() { return found }
            return try await Search(providers(try context())).credentials()
        }
        let context = try context()
        let search = Search((profile == nil ? [environment] : []) + providers(context))
        return try await AssumeRoleCredentials(ProfileChain.Role(arn: roleARN), base: search, context: context)
            .credentials()
    }

    private func context() throws(CredentialError) -> CredentialContext {
        let shared = SharedFiles(variables: ports.variables, files: ports.files)
        let profiles = try shared.load()
        let name = profile ?? shared.namedProfile ?? "default"
        return CredentialContext(
            ports: ports,
            caller: caller,
            configuration: ClientConfiguration(
                region: region,
                endpointURL: nil,
                profile: name,
                variables: ports.variables,
                profiles: profiles
            ),
            profiles: profiles,
            profile: name,
            places: shared.places
        )
    }

    /// What follows the environment's keys.
    private func providers(_ context: CredentialContext) -> [any CredentialProvider] {
        guard profile == nil else { return [ProfileCredentials(need: .credentials, context: context)] }
        return [
            ProfileCredentials(need: ports.variables["AWS_PROFILE"] != nil ? .profile : .none, context: context),
            EnvironmentWebIdentity(context: context),
            ContainerCredentials(isRequired: false, context: context),
            InstanceMetadataCredentials(isRequired: false, context: context),
        ]
    }
}

/// Asks one provider after the other.
@MainActor
private final class Search: CredentialProvider {
    private let providers: [any CredentialProvider]

    init(_ providers: [any CredentialProvider]) {
        self.providers = providers
    }

    func credentials() async throws(CredentialError) -> Credentials? {
        for provider in providers {
            if let credentials = try await provider.credentials() { return credentials }
        }
        return nil
    }
}

/// The web identity that the environment describes, if it does.
@MainActor
private final class EnvironmentWebIdentity: CredentialProvider {
    private let context: CredentialContext

    init(context: CredentialContext) {
        self.context = context
    }

    func credentials() async throws(CredentialError) -> Credentials? {
        guard let identity = try WebIdentityCredentials.identity(in: context.ports.variables) else { return nil }
        return try await WebIdentityCredentials(identity, source: "environment", context: context).credentials()
    }
}

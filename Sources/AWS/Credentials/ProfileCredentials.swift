/// Credentials as a profile of the shared files describes them.
@MainActor
final class ProfileCredentials: CredentialProvider {
    /// What it means that a profile is missing or has no credentials.
    enum Need {
        /// Nothing: other providers follow.
        case none
        /// AWS_PROFILE names it, so it must be there; what it lacks others may have.
        case profile
        /// It is the only provider, so it must have credentials.
        case credentials
    }

    private let need: Need
    private let context: CredentialContext
    private var profile: String { context.profile }

    init(need: Need, context: CredentialContext) {
        self.need = need
        self.context = context
    }

    /// Follows the profile's chain: what it begins with, then each role.
    func credentials() async throws(CredentialError) -> Credentials? {
        let chain: ProfileChain
        do {
            chain = try ProfileChain(of: profile, in: context.profiles)
        } catch {
            switch (error, need) {
            case (.noProfiles, .none), (.missingProfile, .none), (.noCredentials(profile), .none),
                (.noCredentials(profile), .profile):
                return nil
            default: throw CredentialError(provider: "profile \(profile)", reason: "\(error) (\(context.places))")
            }
        }
        var provider = base(chain.base)
        for role in chain.roles {
            provider = AssumeRoleCredentials(role, base: provider, context: context)
        }
        return try await provider.credentials()
    }

    private func base(_ base: ProfileChain.Base) -> any CredentialProvider {
        switch base {
        case .keys(let keys): StaticCredentials(keys, provider: "profile \(profile)")
        case .source(.environment):
            RequiredCredentials(EnvironmentCredentials(variables: context.ports.variables))
        case .source(.container): ContainerCredentials(isRequired: true, context: context)
        case .source(.instanceMetadata): InstanceMetadataCredentials(isRequired: true, context: context)
        case .webIdentity(let identity):
            WebIdentityCredentials(identity, source: "profile \(profile)", context: context)
        case .sso(let sso): SSOCredentials(sso, context: context)
        case .process(let command):
            ProcessCredentials(command: command, profile: profile, processes: context.ports.processes)
        }
    }
}

/// Keys that stand in a file.
@MainActor
private final class StaticCredentials: CredentialProvider {
    private let keys: Credentials

    init(_ keys: ProfileChain.StaticKeys, provider: String) {
        self.keys = Credentials(
            accessKeyID: keys.accessKeyID,
            secretAccessKey: keys.secretAccessKey,
            sessionToken: keys.sessionToken,
            provider: provider
        )
    }

    func credentials() async throws(CredentialError) -> Credentials? { keys }
}

/// The environment's keys where a profile says that they are there.
@MainActor
private final class RequiredCredentials: CredentialProvider {
    private let base: EnvironmentCredentials

    init(_ base: EnvironmentCredentials) {
        self.base = base
    }

    func credentials() async throws(CredentialError) -> Credentials? {
        guard let credentials = try await base.credentials() else {
            throw CredentialError(
                provider: "environment",
                reason: "credential_source is Environment, but AWS_ACCESS_KEY_ID is not set"
            )
        }
        return credentials
    }
}

/// How a profile comes to its credentials: what it begins with, and the roles assumed on top of that, in order.
struct ProfileChain: Hashable, Sendable {
    /// What a chain begins with.
    enum Base: Hashable, Sendable {
        /// Keys in the profile itself.
        case keys(StaticKeys)
        /// `credential_source`: another part of the machine's surroundings.
        case source(NamedSource)
        /// A token file with which a role is assumed.
        case webIdentity(WebIdentity)
        /// IAM Identity Center.
        case sso(SSOProfile)
        /// `credential_process`: the output of a program.
        case process(command: String)
    }

    /// The values that `credential_source` can have.
    enum NamedSource: String, Hashable, Sendable {
        /// AWS_ACCESS_KEY_ID and its companions.
        case environment = "Environment"
        /// The instance metadata service.
        case instanceMetadata = "Ec2InstanceMetadata"
        /// The container credentials endpoint.
        case container = "EcsContainer"
    }

    /// Keys that a profile holds.
    struct StaticKeys: Hashable, Sendable {
        var accessKeyID: String
        var secretAccessKey: String
        var sessionToken: String?
        var accountID: String?
    }

    /// A role that is assumed with the credentials so far.
    struct Role: Hashable, Sendable {
        var arn: String
        var sessionName: String?
        var externalID: String?
        var durationSeconds: Int?
    }

    /// A role that is assumed with a token from a file.
    struct WebIdentity: Hashable, Sendable {
        var roleARN: String
        var tokenFile: String
        var sessionName: String?
    }

    /// What IAM Identity Center needs to know.
    struct SSOProfile: Hashable, Sendable {
        var session: String?
        var startURL: String
        var region: String
        var accountID: String?
        var roleName: String?
    }

    /// Why a profile gives no credentials.
    enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// There is no profile at all.
        case noProfiles
        /// A profile that someone named is missing.
        case missingProfile(String)
        /// A `source_profile` is missing.
        case missingSourceProfile(String, of: String)
        /// `source_profile` leads back to a profile that was passed already.
        case loop(String)
        /// What a profile says makes no sense.
        case invalid(profile: String, reason: String)
        /// A profile says nothing about credentials.
        case noCredentials(profile: String)

        var description: String {
            switch self {
            case .noProfiles: "No profiles were defined"
            case .missingProfile(let name): "there is no profile \(name)"
            case .missingSourceProfile(let name, let referrer):
                "could not find source profile \(name) referenced from \(referrer)"
            case .loop(let name): "profile formed an infinite loop: source_profile leads back to \(name)"
            case .invalid(let profile, let reason): "profile \(profile): \(reason)"
            case .noCredentials(let profile): "profile `\(profile)` did not contain credential information"
            }
        }
    }

    var base: Base
    var roles: [Role]

    /// Follows `source_profile` from the profile `name` to where the chain begins.
    init(of name: String, in set: ProfileSet) throws(Problem) {
        guard !set.profiles.isEmpty else { throw .noProfiles }
        var reader = ProfileReader(name: name, profiles: set)
        guard set.profiles[name] != nil else { throw .missingProfile(name) }
        var roles: [Role] = []
        var visited: Set<String> = []
        while true {
            guard visited.insert(reader.name).inserted else { throw .loop(reader.name) }
            // A profile that others lean on gives its own keys before it assumes a role.
            if visited.count > 1, let keys = try? reader.keys() {
                base = .keys(keys)
                break
            }
            guard let role = try reader.role() else {
                base = try reader.base()
                break
            }
            roles.append(role)
            guard let next = reader["source_profile"], next != reader.name else {
                base = try reader.base()
                break
            }
            guard set.profiles[next] != nil else { throw .missingSourceProfile(next, of: reader.name) }
            reader = ProfileReader(name: next, profiles: set)
        }
        self.roles = roles.reversed()
    }
}

/// What the providers of one search share: the ports, the files as they are now, and what these say.
@MainActor
struct CredentialContext {
    /// What the world is reached through.
    let ports: AWSPorts
    /// Makes calls, with one retry quota for all of them.
    let caller: ServiceCaller
    /// How services are reached.
    let configuration: ClientConfiguration
    /// The profiles of the shared files.
    let profiles: ProfileSet
    /// The profile in use.
    let profile: String
    /// Where the profiles were looked for, in words.
    let places: String

    /// A value of the profile in use; a blank one counts as none.
    func profileValue(_ key: String) -> String? {
        profiles.value(key, of: profile)
    }
}

import ImportWatch

/// A profile that somebody named, looked at without asking anybody for credentials.
public enum NamedProfile {
    /// Why it can't lead to credentials; `nil` where it may, or where no profile is named.
    ///
    /// - Parameter name: The profile that the program's own configuration names; else AWS_PROFILE is looked at, unless
    ///   the environment's keys go before it.
    public static func problem(
        with name: String?,
        variables: AWSVariables,
        files: any FileReader
    ) -> CredentialError? {
        let shared = SharedFiles(variables: variables, files: files)
        if name == nil, variables["AWS_ACCESS_KEY_ID"] != nil { return nil }
        guard let profile = name ?? shared.namedProfile else { return nil }
        let profiles: ProfileSet
        do throws(CredentialError) {
            profiles = try shared.load()
        } catch {
            return error
        }
        do {
            _ = try ProfileChain(of: profile, in: profiles)
            return nil
        } catch {
            // What AWS_PROFILE's lacks, the providers after it may have.
            if name == nil, case .noCredentials(profile) = error { return nil }
            return CredentialError(provider: "profile \(profile)", reason: "\(error) (\(shared.places))")
        }
    }
}

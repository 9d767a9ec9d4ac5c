/// Reads one profile's values about credentials.
struct ProfileReader {
    let name: String
    private let profiles: ProfileSet

    init(name: String, profiles: ProfileSet) {
        self.name = name
        self.profiles = profiles
    }

    /// A value; a blank one counts as none.
    subscript(key: String) -> String? {
        profiles.value(key, of: name)
    }

    private func invalid(_ reason: String) -> ProfileChain.Problem {
        .invalid(profile: name, reason: reason)
    }

    /// The role that the profile assumes on top of another's credentials, if it does.
    func role() throws(ProfileChain.Problem) -> ProfileChain.Role? {
        guard let arn = self["role_arn"] else { return nil }
        switch (self["source_profile"], self["credential_source"]) {
        case (_?, _?): throw invalid("profile contained both source_profile and credential_source; keep one")
        case (nil, nil):
            if self["web_identity_token_file"] != nil { return nil }
            throw invalid("profile must contain `source_profile` or `credential_source` beside role_arn")
        default: break
        }
        if self["mfa_serial"] != nil {
            throw invalid("mfa_serial needs a person to type a code; a daemon has none, use a role without it")
        }
        var duration: Int?
        if let text = self["duration_seconds"] {
            guard let seconds = Int(text), (900...43_200).contains(seconds) else {
                throw invalid("duration_seconds must be a number from 900 to 43200")
            }
            duration = seconds
        }
        return ProfileChain.Role(
            arn: arn,
            sessionName: self["role_session_name"],
            externalID: self["external_id"],
            durationSeconds: duration
        )
    }

    /// What the profile gives without another profile.
    func base() throws(ProfileChain.Problem) -> ProfileChain.Base {
        if let source = self["credential_source"] {
            guard let named = ProfileChain.NamedSource(rawValue: source) else {
                throw invalid("credential_source must be Environment, Ec2InstanceMetadata or EcsContainer")
            }
            return .source(named)
        }
        if let identity = try webIdentity() { return .webIdentity(identity) }
        if let sso = try sso() { return .sso(sso) }
        if let command = self["credential_process"] { return .process(command: command) }
        return .keys(try keys())
    }

    /// The profile's own keys.
    func keys() throws(ProfileChain.Problem) -> ProfileChain.StaticKeys {
        switch (self["aws_access_key_id"], self["aws_secret_access_key"]) {
        case (nil, nil): throw .noCredentials(profile: name)
        case (nil, _?): throw invalid("profile missing aws_access_key_id")
        case (_?, nil): throw invalid("profile missing aws_secret_access_key")
        case (let id?, let secret?):
            return ProfileChain.StaticKeys(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: self["aws_session_token"],
                accountID: self["aws_account_id"]
            )
        }
    }

    private func webIdentity() throws(ProfileChain.Problem) -> ProfileChain.WebIdentity? {
        guard let file = self["web_identity_token_file"] else { return nil }
        guard let arn = self["role_arn"] else { throw invalid("`role_arn` was missing beside web_identity_token_file") }
        return ProfileChain.WebIdentity(roleARN: arn, tokenFile: file, sessionName: self["role_session_name"])
    }

    private func sso() throws(ProfileChain.Problem) -> ProfileChain.SSOProfile? {
        if let session = self["sso_session"] { return try sso(session: session) }
        let keys = ["sso_account_id", "sso_role_name", "sso_start_url", "sso_region"]
        guard let present = keys.first(where: { self[$0] != nil }) else { return nil }
        if self["sso_account_id"] != nil, self["sso_role_name"] == nil {
            throw invalid("if `sso_account_id` is set, then `sso_role_name` must also be set")
        }
        if self["sso_role_name"] != nil, self["sso_account_id"] == nil {
            throw invalid("if `sso_role_name` is set, then `sso_account_id` must also be set")
        }
        guard let startURL = self["sso_start_url"], let region = self["sso_region"] else {
            throw invalid("beside `\(present)` there must be `sso_start_url` and `sso_region`")
        }
        return ProfileChain.SSOProfile(
            startURL: startURL,
            region: region,
            accountID: self["sso_account_id"],
            roleName: self["sso_role_name"]
        )
    }

    private func sso(session: String) throws(ProfileChain.Problem) -> ProfileChain.SSOProfile {
        for key in ["sso_region", "sso_start_url"] where self[key] != nil {
            throw invalid("`\(key)` can only be specified in the [sso-session] config when a session name is given")
        }
        guard let values = profiles.ssoSessions[session] else {
            throw invalid("sso-session named `\(session)` (referenced by profile `\(name)`) was not found")
        }
        guard let region = values["sso_region"], let startURL = values["sso_start_url"] else {
            throw invalid("[sso-session \(session)] must have `sso_region` and `sso_start_url`")
        }
        return ProfileChain.SSOProfile(
            session: session,
            startURL: startURL,
            region: region,
            accountID: self["sso_account_id"],
            roleName: self["sso_role_name"]
        )
    }
}

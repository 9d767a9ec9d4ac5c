/// The profiles of the shared config and credentials files together.
struct ProfileSet: Hashable, Sendable {
    /// Each profile's values by lower-case key; the credentials file's win.
    var profiles: [String: [String: String]]
    /// IAM Identity Center sessions.
    var ssoSessions: [String: [String: String]]
    /// Sections that give endpoints of single services.
    var services: [String: [String: String]]

    init(
        profiles: [String: [String: String]] = [:],
        ssoSessions: [String: [String: String]] = [:],
        services: [String: [String: String]] = [:]
    ) {
        self.profiles = profiles
        self.ssoSessions = ssoSessions
        self.services = services
    }

    /// Merges two files; sections with one heading are one section, in which the last value of a key holds.
    init(config: ProfileFile?, credentials: ProfileFile?) {
        self.init()
        let sections = config?.sections ?? []
        let hasPrefixedDefault = sections.contains {
            $0.name == "default" && $0.subject == .profile(isPrefixed: true)
        }
        for section in sections {
            switch section.subject {
            case .profile(isPrefixed: false) where section.name == "default" && hasPrefixedDefault: continue
            case .profile: Self.merge(section, into: &profiles)
            case .ssoSession: Self.merge(section, into: &ssoSessions)
            case .services: Self.merge(section, into: &services)
            }
        }
        for section in credentials?.sections ?? [] { Self.merge(section, into: &profiles) }
    }

    private static func merge(_ section: ProfileFile.Section, into sections: inout [String: [String: String]]) {
        sections[section.name, default: [:]].merge(section.values) { $1 }
    }

    /// A value of a profile; a blank one counts as none.
    func value(_ key: String, of profile: String) -> String? {
        profiles[profile]?[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The address that a profile's `services` section, or the profile itself, gives for a service.
    ///
    /// - Parameter service: The service's ID in lower case with underscores, `sesv2`.
    func endpointURL(of service: String, profile: String) -> String? {
        if let name = value("services", of: profile), let nested = services[name]?[service],
            let url = Self.subproperty("endpoint_url", of: nested)
        {
            return url
        }
        return value("endpoint_url", of: profile)
    }

    private static func subproperty(_ key: String, of value: String) -> String? {
        for line in value.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "="), line[..<equals].trimmingBlanks.lowercased() == key else {
                continue
            }
            let text = line[line.index(after: equals)...].trimmingBlanks
            return text.isEmpty ? nil : text
        }
        return nil
    }
}

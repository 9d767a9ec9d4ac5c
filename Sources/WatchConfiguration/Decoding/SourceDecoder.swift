import ImportWatch

/// The keys of a source, which stand at the top level and in each `[[source]]`.
struct SourceDecoder {
    var name: Located<String>?
    var region: String?
    var profile: String?
    var endpointURL: String?
    var jobs: [Located<String>]
    var lists: [Located<String>]
    var polling = PollingDecoder()
    let position: Position

    /// Reads the keys that the top level and `[[source]]` share; the caller finishes the section.
    init(_ section: inout SectionReader) {
        position = section.position
        region = Self.region(&section)
        profile = Self.word("profile", example: "prod", &section)
        if let role = section.string("role_arn", example: "arn:aws:iam::111122223333:role/importwatchd") {
            NotSupportedYet.refuse("role_arn", at: role.position, section.collector)
        }
        endpointURL = WebAddress.read("endpoint_url", example: "https://email.eu-west-1.amazonaws.com", &section)
        jobs = section.strings("jobs", example: "6f0c4f8e-…") ?? []
        lists = section.strings("jobs_files", example: "jobs.d/*.list") ?? []
        if let discover = section.boolean("discover"), discover.value {
            NotSupportedYet.refuse("discover = true", at: discover.position, section.collector)
        }
        if var table = section.table("polling") { polling = PollingDecoder(&table) }
    }

    /// Whether the keys make up a source, rather than defaults for others.
    var isSource: Bool { !jobs.isEmpty || !lists.isEmpty }

    /// The source, with what is missing taken from `parent`.
    func source(
        named name: String,
        over parent: SourceDecoder?,
        lists reader: JobLists,
        collector: ComplaintCollector
    ) -> Configuration.Source {
        let (settings, requestTimeout, connectTimeout) = polling.settings(
            over: parent?.polling ?? PollingDecoder(),
            collector: collector
        )
        return Configuration.Source(
            name: name,
            region: region ?? parent?.region,
            profile: profile ?? parent?.profile,
            endpointURL: endpointURL ?? parent?.endpointURL,
            jobs: reader.merged(jobs: jobs, lists: lists),
            polling: settings,
            requestTimeout: requestTimeout,
            connectTimeout: connectTimeout
        )
    }

    private static func region(_ section: inout SectionReader) -> String? {
        guard let region = section.string("region", example: "eu-west-1") else { return nil }
        let isRegion =
            region.value.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            && region.value.contains("-") && region.value.utf8.count <= 64 && region.value.first != "-"
            && region.value.last != "-"
        guard isRegion else {
            section.collector.error(
                "\(section.qualified("region")) must be an AWS Region such as \"eu-west-1\"",
                at: region.position
            )
            return nil
        }
        return region.value
    }

    static func word(_ key: String, example: String, _ section: inout SectionReader) -> String? {
        guard let word = section.string(key, example: example) else { return nil }
        guard !word.value.isEmpty, word.value.utf8.count <= 128,
            word.value.printable == word.value || word.value.count > 64
        else {
            section.collector.error(
                "\(section.qualified(key)) can't be empty, longer than 128 bytes or hold control characters",
                at: word.position
            )
            return nil
        }
        return word.value
    }
}

/// The names of sources and webhooks, which go into journal fields, tables and metrics.
enum Name {
    static func read(_ section: inout SectionReader, example: String) -> Located<String>? {
        guard let name = section.string("name", example: example) else { return nil }
        let isName =
            !name.value.isEmpty && name.value.utf8.count <= 64
            && name.value.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_.".utf8.contains($0)
            }
        guard isName else {
            section.collector.error(
                "\(section.qualified("name")) may hold letters, digits, -, _ and . only, at most 64",
                at: name.position
            )
            return nil
        }
        return name
    }
}

/// Addresses with `http` or `https`; an error never shows them.
enum WebAddress {
    static func read(_ key: String, example: String, _ section: inout SectionReader) -> String? {
        guard let text = section.string(key, example: example) else { return nil }
        if let problem = problem(with: text.value) {
            section.collector.error("\(section.qualified(key)) \(problem)", at: text.position)
            return nil
        }
        return text.value
    }

    static func problem(with text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            return "must begin with https:// or http://"
        }
        guard text.utf8.count <= 4096 else { return "is longer than 4096 bytes" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "holds blanks, control characters or letters outside ASCII; percent-encode them"
        }
        let authority = authority(of: text)
        guard !authority.contains("@") else { return "must not hold a user or password" }
        guard !authority.isEmpty, authority.first != ":" else { return "has no host" }
        return nil
    }

    /// Whether the address leaves the machine without encryption.
    static func isPlainAndRemote(_ text: String) -> Bool {
        guard text.hasPrefix("http://") else { return false }
        let host = authority(of: text)
        return !["127.", "localhost", "[::1]"].contains { host.hasPrefix($0) }
    }

    private static func authority(of text: String) -> Substring {
        let start = text.hasPrefix("https://") ? 8 : 7
        return text.dropFirst(start).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }
}

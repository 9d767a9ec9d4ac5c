import ImportWatch

/// Reads `[[webhook]]`.
struct WebhookDecoder {
    let paths: PathRules
    let files: any FileReader

    /// Headers that the notification itself sets.
    private static let ownHeaders: Set<String> = [
        "content-length", "content-type", "host", "transfer-encoding", "user-agent", "webhook-id", "webhook-signature",
        "webhook-timestamp",
    ]

    func decode(_ section: inout SectionReader) -> (name: Located<String>, webhook: Configuration.Webhook)? {
        let name = Name.read(&section, example: "ops")
        let url = url(&section)
        let secretFile = section.string("secret_file", example: "ops-secret")
        let secrets = secretFile.map { WebhookSecretFile(files: files).read($0, at: paths, section.collector) } ?? []
        let events = events(&section)
        let format = format(&section)
        let includesURL = section.boolean("include_failed_records_url")?.value ?? false
        let headers = headers(&section)
        let timeout = section.duration("timeout", from: .milliseconds(100), upTo: .seconds(600), example: "15s")?.value
        let concurrency = section.integer("concurrency", in: 1...64, example: 4) ?? 4
        let maxAge = section.duration("max_age", from: .seconds(1), upTo: .seconds(31_536_000), example: "76h")?.value
        let tls = tls(&section)
        let position = section.position
        section.finish()
        guard let name else {
            section.collector.error("a [[webhook]] needs a name, such as name = \"ops\"", at: position)
            return nil
        }
        guard let url else { return nil }
        if secretFile == nil, format != .slack {
            section.collector.warning(
                "webhook \(name.value) has no secret_file: its notifications go out unsigned",
                at: position
            )
        }
        let webhook = Configuration.Webhook(
            name: name.value,
            url: url,
            secrets: secrets,
            events: events,
            format: format,
            includesFailedRecordsURL: includesURL,
            headers: headers,
            timeout: timeout ?? .seconds(15),
            concurrency: Int(concurrency),
            maxAge: maxAge ?? .seconds(76 * 3600),
            tls: tls
        )
        return (name, webhook)
    }

    private func url(_ section: inout SectionReader) -> String? {
        let file = section.string("url_file", example: "ops-url")
        let hadKey = section.has("url")
        let written = WebAddress.read("url", example: "https://hooks.example.com/ses", &section)
        guard let file else {
            if !hadKey {
                section.collector.error("a [[webhook]] needs a url or a url_file", at: section.position)
            } else if let written, WebAddress.isPlainAndRemote(written) {
                section.collector.warning(
                    "the webhook's url is http: anyone on the way can read it",
                    at: section.position
                )
            }
            return written
        }
        if hadKey {
            section.collector.error("a [[webhook]] has either a url or a url_file, not both", at: file.position)
            return nil
        }
        do {
            let bytes = try files.read(paths.secret(file.value), limit: 8192)
            let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
            let url = String(text.trimmingWhitespace)
            if let problem = WebAddress.problem(with: url) {
                section.collector.error("the address in \(file.value.printable) \(problem)", at: file.position)
                return nil
            }
            return url
        } catch {
            section.collector.error("\(section.qualified("url_file")): \(error)", at: file.position)
            return nil
        }
    }

    private func events(_ section: inout SectionReader) -> Set<EventType> {
        guard let names = section.strings("events", example: "failed") else { return Set(EventType.allCases) }
        let known = EventType.allCases.map(\.rawValue)
        var events: Set<EventType> = []
        for name in names {
            if let type = EventType(rawValue: name.value) {
                events.insert(type)
            } else {
                section.collector.error(
                    "unknown event \"\(name.value.printable)\"" + Suggestion.phrase(for: name.value, among: known)
                        + " (known: \(known.joined(separator: ", ")))",
                    at: name.position
                )
            }
        }
        return events
    }

    private func format(_ section: inout SectionReader) -> Configuration.Webhook.Format {
        guard let text = section.string("format", example: "standard") else { return .standard }
        let known = Configuration.Webhook.Format.allCases.map(\.rawValue)
        guard let format = Configuration.Webhook.Format(rawValue: text.value) else {
            section.collector.error(
                "\(section.qualified("format")) must be \"standard\", \"cloudevents\" or \"slack\""
                    + Suggestion.phrase(for: text.value, among: known),
                at: text.position
            )
            return .standard
        }
        return format
    }

    private func headers(_ section: inout SectionReader) -> [HTTPHeader] {
        guard let entry = section.take("headers") else { return [] }
        guard case .table(let entries) = entry.node.value else {
            section.wrongType("headers", entry.node, expected: "a table", example: "{ X-Team = \"mail\" }")
            return []
        }
        return entries.compactMap { header in
            guard case .string(let value) = header.node.value else {
                section.wrongType("headers", header.node, expected: "strings", example: "{ X-Team = \"mail\" }")
                return nil
            }
            let isToken =
                !header.key.isEmpty
                && header.key.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            guard isToken else {
                section.collector.error(
                    "\"\(header.key.printable)\" can't be the name of a header",
                    at: header.keyPosition
                )
                return nil
            }
            guard !Self.ownHeaders.contains(header.key.lowercased()) else {
                section.collector.error("the header \(header.key) is set by importwatchd", at: header.keyPosition)
                return nil
            }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                section.collector.error(
                    "the value of header \(header.key) holds control characters",
                    at: header.node.position
                )
                return nil
            }
            return HTTPHeader(header.key, value)
        }
    }

    private func tls(_ section: inout SectionReader) -> HTTPRequest.TLSFiles {
        let authorities = file("ca_file", &section)
        let certificate = file("client_cert_file", &section)
        let key = file("client_key_file", &section)
        if (certificate == nil) != (key == nil) {
            section.collector.error(
                "client_cert_file and client_key_file belong together; one of them is missing",
                at: section.position
            )
        }
        return HTTPRequest.TLSFiles(
            certificateAuthorities: authorities,
            clientCertificate: certificate,
            clientKey: key
        )
    }

    private func file(_ key: String, _ section: inout SectionReader) -> String? {
        guard let text = section.string(key, example: "ca.pem"), !text.value.isEmpty else { return nil }
        let path = paths.secret(text.value)
        do {
            _ = try files.read(path, limit: 4 << 20)
        } catch {
            section.collector.error("\(section.qualified(key)): \(error)", at: text.position)
        }
        return path
    }
}

import ImportWatch
import Webhook

/// Reads `[[webhook]]`.
struct WebhookDecoder {
    let paths: PathRules
    let files: any FileReader

    /// The webhook with the place of its name; `nil` where it lacks a usable name or address.
    func decode(_ table: SectionReader) -> (name: Located<String>, webhook: WebhookSettings)? {
        var section = table
        let name = SectionName.read(&section)
        let url = address(&section)
        var webhook = WebhookSettings(name: name?.value ?? "", url: url ?? "")
        if case .text(let format)? = section.value("format")?.value {
            webhook.format = WebhookFormat.all.first { $0.name == format } ?? webhook.format
        }
        (webhook.secretFile, webhook.keys) = keys(&section, isVerified: webhook.format.isVerified, name: name?.value)
        webhook.events = events(&section)
        webhook.includesFailedRecordsURL = section.flag("include_failed_records_url")
        webhook.headers = HeaderRules.read(&section)
        webhook.timeout = section.duration("timeout")
        webhook.concurrency = section.integer("concurrency")
        webhook.maxAge = section.duration("max_age")
        webhook.tls = tls(&section)
        section.finish()
        guard let name, url != nil else { return nil }
        return (name, webhook)
    }

    // MARK: Where to

    private func address(_ section: inout SectionReader) -> String? {
        let hasBoth = section.has("url") && section.has("url_file")
        guard hasBoth || section.has("url") || section.has("url_file") else {
            section.collector.error(
                "a [[webhook]] needs a url or a url_file; for example \(section.key("url").exampleLine)",
                at: section.position,
                key: section.qualified("url")
            )
            return nil
        }
        let file = FilePath.read("url_file", &section)
        let written = WebAddress.read("url", &section)
        if hasBoth {
            let position = file?.position ?? section.position
            section.complain("url_file", "and url can't both be there; leave one out", at: position)
            return nil
        }
        guard let url = file.flatMap({ address(in: $0, section) }) ?? written else { return nil }
        if WebAddress.isPlainAndRemote(url.value) {
            let key = section.qualified(file == nil ? "url" : "url_file")
            section.collector.warning(
                "\(key) leads to another machine by http://: anyone on the way can read what is sent",
                at: url.position,
                key: key
            )
        }
        return url.value
    }

    /// The address that a file holds, on the only line that is neither blank nor a comment.
    private func address(in file: Located<String>, _ section: SectionReader) -> Located<String>? {
        let path = paths.secret(file.value)
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: 65_536)
        } catch {
            section.complain("url_file", "can't be used: \(error)".hiding(file.value), at: file.position)
            return nil
        }
        let lines = SecretLines(bytes).lines
        guard let line = lines.first, lines.count == 1 else {
            let problem = "\(path) must hold one address on a line of its own; it has \(lines.count) lines"
            section.complain("url_file", problem.hiding(file.value), at: file.position)
            return nil
        }
        if let problem = WebAddress.problem(with: line.text) {
            let words = "\(path), line \(line.number): the address \(problem)"
            section.complain("url_file", words.hiding(file.value), at: file.position)
            return nil
        }
        return Located(value: line.text, position: file.position)
    }

    // MARK: What

    private func keys(
        _ section: inout SectionReader,
        isVerified: Bool,
        name: String?
    ) -> (path: String?, keys: [WebhookSigningKey]) {
        guard section.has("secret_file") else {
            if isVerified {
                let webhook = name.map { "the webhook \($0)" } ?? "this webhook"
                section.collector.warning(
                    "\(webhook) has no secret_file: its notifications go out unsigned",
                    at: section.position,
                    key: section.qualified("secret_file")
                )
            }
            return (nil, [])
        }
        guard let file = FilePath.read("secret_file", &section) else { return (nil, []) }
        let path = paths.secret(file.value)
        do {
            return (path, try WebhookSecretFile(files: files).read(path))
        } catch {
            for problem in error.problems {
                section.complain("secret_file", problem.hiding(file.value), at: file.position)
            }
            return (path, [])
        }
    }

    private func events(_ section: inout SectionReader) -> Set<EventType> {
        let position = section.entry("events")?.node.position
        guard let names = section.strings("events") else { return Set(EventType.allCases) }
        if let position, names.isEmpty {
            section.complain("events", "can't be empty; leave it out for all events", at: position)
        }
        let known = EventType.allCases.map(\.rawValue)
        var events: Set<EventType> = []
        for name in names {
            if let type = EventType(rawValue: name.value) {
                events.insert(type)
            } else {
                let hint = Suggestion.phrase(for: name.value, among: known)
                let list = known.joined(separator: ", ")
                let problem =
                    hint.isEmpty
                    ? "holds the unknown event \"\(name.value.quoted)\"; known are \(list)"
                    : "holds the unknown event \"\(name.value)\"\(hint)"
                section.complain("events", problem, at: name.position)
            }
        }
        return events
    }

    // MARK: TLS

    private func tls(_ section: inout SectionReader) -> HTTPRequest.TLSFiles {
        let authorities = file("ca_file", &section)
        let certificate = file("client_cert_file", &section)
        let key = file("client_key_file", &section)
        if let lonely = certificate == nil ? key : (key == nil ? certificate : nil) {
            let (present, missing) =
                certificate == nil
                ? ("client_key_file", "client_cert_file") : ("client_cert_file", "client_key_file")
            section.complain(present, "needs \(missing) beside it", at: lonely.position)
        }
        return HTTPRequest.TLSFiles(
            certificateAuthorities: authorities?.value,
            clientCertificate: certificate?.value,
            clientKey: key?.value
        )
    }

    /// The resolved path of a file that can be read.
    private func file(_ key: String, _ section: inout SectionReader) -> Located<String>? {
        guard let text = FilePath.readOptional(key, &section) else { return nil }
        let path = paths.secret(text.value)
        do {
            _ = try files.read(path, limit: 4 << 20)
        } catch {
            section.complain(key, "can't be used: \(error)".hiding(text.value), at: text.position)
        }
        return Located(value: path, position: text.position)
    }
}

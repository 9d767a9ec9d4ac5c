import ArgumentParser
import Glibc
import ImportWatch
import JSON
import WatchConfiguration

/// Checks the configuration and everything that it names; opens no network.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the configuration and the files it names.",
        discussion: """
            All problems at once, as file:line:column, and what else would keep the daemon
            from starting. Of the service's own configuration root is told what the daemon
            would say: with its user's permissions, and with what its unit gives it. Opens no
            network.
            Exit: 0 usable, 6 bad or missing, 4 no permission to read it, 3 another daemon
            uses the state, 1 the state can't be used.

            Examples:
              importwatchctl check
              importwatchctl check --config ./importwatchd.toml --json
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Option(help: ArgumentHelp("The user that the daemon runs as, if not the unit's.", valueName: "NAME"))
    var user: String?
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        do {
            let service = try Service(configurationPath: config.path, user: user)
            let check = try MainActor.assumeIsolated { try ServiceCheck(path: config.path, service: service) }
            show(check, service)
            if check.exitStatus != 0 { throw ExitCode(check.exitStatus) }
        } catch let trouble as ServiceTrouble {
            throw trouble.asEnd
        }
    }

    private func show(_ check: ServiceCheck, _ service: Service) {
        let complaints = check.complaints(path: config.path)
        if json {
            let usable = check.exitStatus == 0 ? check.configuration : nil
            return Output.line(report(complaints: complaints, lines: check.lines, configuration: usable))
        }
        for line in check.lines { Output.line(line, to: STDERR_FILENO) }
        for complaint in complaints { show(complaint) }
        if check.exitStatus == 0, let configuration = check.configuration {
            Output.line("\(config.path): \(summary(configuration))")
            if let credentials = service.unit?.credentials.map(\.name), !credentials.isEmpty {
                Output.line("from systemd at each start and reload: \(credentials.joined(separator: ", "))")
            }
        }
    }

    private func summary(_ configuration: Configuration) -> String {
        let jobs = configuration.sources.reduce(0) { $0 + $1.jobs.count }
        return "usable: \(jobs.counted("job")) in \(configuration.sources.count.counted("source")), "
            + configuration.webhooks.count.counted("webhook")
    }

    /// Prints a complaint, on a terminal with the line it is about and a caret.
    private func show(_ complaint: Complaint) {
        let colours = Output.hasColours(STDERR_FILENO)
        let colour = complaint.severity == .error ? "\u{1B}[31m" : "\u{1B}[33m"
        let severity = colours ? "\(colour)\(complaint.severity.rawValue)\u{1B}[0m" : complaint.severity.rawValue
        let place = "\(complaint.path):\(complaint.line):\(complaint.column)"
        Output.line("\(place): \(severity): \(complaint.message)", to: STDERR_FILENO)
        guard isatty(STDERR_FILENO) == 1, let source = sourceLine(complaint) else { return }
        Output.line("  " + source, to: STDERR_FILENO)
        Output.line("  " + String(repeating: " ", count: max(0, complaint.column - 1)) + "^", to: STDERR_FILENO)
    }

    /// The line that a complaint is about, without secrets and control characters.
    private func sourceLine(_ complaint: Complaint) -> String? {
        guard let bytes = try? LocalFiles().read(complaint.path, limit: ConfigurationLoader.sizeLimit) else {
            return nil
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(complaint.line - 1) else { return nil }
        let text = String(decoding: lines[complaint.line - 1].prefix(200), as: UTF8.self)
        let visible = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }
        let line = Redaction.redact(visible.joined())
        let isHeader = complaint.key?.hasPrefix("webhook.headers") ?? false || line.contains("headers")
        return isHeader ? Self.withoutValues(line) : line
    }

    /// A line of headers with what stands in quotes hidden: their values may be secrets, whatever their form.
    private static func withoutValues(_ line: String) -> String {
        var quote: Character?
        return String(
            line.map { character in
                if let open = quote {
                    if character == open { quote = nil }
                    return character == open ? character : "*"
                }
                if character == "\"" || character == "'" { quote = character }
                return character
            }
        )
    }

    private func report(complaints: [Complaint], lines: [String], configuration: Configuration?) -> String {
        let value: JSONValue = [
            "usable": .bool(configuration != nil),
            "webhooks": .array(
                (configuration?.webhooks ?? []).map { webhook in
                    [
                        "name": .string(webhook.name),
                        "public_keys": .array(webhook.secrets.compactMap(\.publicKey).map(JSONValue.string)),
                    ]
                }
            ),
            "problems": .array(
                lines.map { ["severity": "error", "message": .string($0)] }
                    + complaints.map { complaint in
                        [
                            "path": .string(complaint.path), "line": .integer(Int64(complaint.line)),
                            "column": .integer(Int64(complaint.column)),
                            "severity": .string(complaint.severity.rawValue), "message": .string(complaint.message),
                        ]
                    }
            ),
        ]
        return String(decoding: value.encoded(), as: UTF8.self)
    }
}

extension ConfigurationError {
    var complaints: [Complaint] {
        if case .invalid(let complaints) = self { return complaints }
        return []
    }
}

import ArgumentParser
import Glibc
import ImportWatch
import JSON
import Platform
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
        let service = try Service(configurationPath: config.absolutePath, user: user)
        let check = try MainActor.assumeIsolated { try ServiceCheck(path: config.path, service: service) }
        show(check, service)
        if check.exitStatus != 0 { throw ExitCode(check.exitStatus) }
    }

    private func show(_ check: ServiceCheck, _ service: Service) {
        let complaints = check.complaints(path: config.path)
        if json {
            let usable = check.exitStatus == 0 ? check.configuration : nil
            return Output.json(report(complaints: complaints, lines: check.lines, configuration: usable))
        }
        for line in check.lines { Output.line(line, to: STDERR_FILENO) }
        show(complaints)
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

    private func show(_ complaints: [Complaint]) {
        var lines = FileLines()
        for complaint in complaints { show(complaint, lines: &lines) }
    }

    /// Prints a complaint, on a terminal with the line it is about and a caret.
    private func show(_ complaint: Complaint, lines: inout FileLines) {
        let colours = Output.hasColours(STDERR_FILENO)
        let colour = complaint.severity == .error ? "\u{1B}[31m" : "\u{1B}[33m"
        let severity = colours ? "\(colour)\(complaint.severity.rawValue)\u{1B}[0m" : complaint.severity.rawValue
        let place = "\(complaint.path):\(complaint.line):\(complaint.column)"
        Output.line("\(place): \(severity): \(complaint.message)", to: STDERR_FILENO)
        guard isatty(STDERR_FILENO) == 1, complaint.column <= MaskedLine.limit,
            let line = lines.line(complaint.line, of: complaint.path)
        else { return }
        Output.line("  " + MaskedLine.text(line), to: STDERR_FILENO)
        Output.line("  " + String(repeating: " ", count: max(0, complaint.column - 1)) + "^", to: STDERR_FILENO)
    }

    private func report(complaints: [Complaint], lines: [String], configuration: Configuration?) -> JSONValue {
        [
            "usable": .bool(configuration != nil),
            "webhooks": .array(
                (configuration?.webhooks ?? []).map { webhook in
                    [
                        "name": .string(webhook.name),
                        "public_keys": .array(webhook.keys.compactMap(\.publicKey).map(JSONValue.string)),
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
    }
}

extension ConfigurationError {
    var complaints: [Complaint] {
        if case .invalid(let complaints) = self { return complaints }
        return []
    }
}

/// The lines of the file that was asked for last, which is read once: there may be a thousand complaints about it.
private struct FileLines {
    private var path: String?
    private var lines: [ArraySlice<UInt8>] = []

    /// The line with a number, from 1; `nil` where there is none.
    mutating func line(_ number: Int, of path: String) -> String? {
        if path != self.path {
            let bytes = (try? LocalFiles().read(path, limit: ConfigurationLoader.sizeLimit)) ?? []
            lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            self.path = path
        }
        guard lines.indices.contains(number - 1) else { return nil }
        return String(decoding: lines[number - 1].prefix(4 * MaskedLine.limit), as: UTF8.self)
    }
}

import Foundation
import ImportWatch
import TestSupport

/// A folder with a configuration, a simulator, a journal, and what was seen of the programs that work on them.
final class GoldenWorld {
    let folder: TemporaryFolder
    let simulator: Simulator
    let journal: JournalStandIn
    private(set) var names = Normalisation()
    private var transcript = ""

    /// The secret of webhooks, which the simulator may check.
    static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    private static let variables = Simulator.environment.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }

    /// `nil` where no program can be shown another journal.
    init?(_ scenario: String) async throws {
        guard let journal = try await JournalStandIn() else { return nil }
        self.journal = journal
        folder = try TemporaryFolder()
        simulator = try await Simulator(scenario, in: folder)
        try folder.write("secret", Self.secret + "\n")
        names.add(folder.path, as: "FOLDER")
        names.add(simulator.service, as: "http://SES")
        names.add(simulator.webhooks, as: "http://HOOKS")
    }

    var configuration: String { folder.path + "/importwatchd.toml" }

    /// Writes the configuration; `SES` and `HOOKS` in it stand for the simulator's addresses.
    func configure(_ text: String) throws {
        let text = text.replacingOccurrences(of: "http://SES", with: simulator.service)
            .replacingOccurrences(of: "http://HOOKS", with: simulator.webhooks)
        try folder.write("importwatchd.toml", text)
    }

    func name(_ text: String, as word: String) {
        names.add(text, as: word)
    }

    // MARK: Programs

    func daemon(_ more: [String: String] = [:]) throws -> TestProcess {
        try journal.run(
            "importwatchd",
            ["--config", configuration],
            environment: Self.variables.merging(more) { $1 }
        )
    }

    /// Runs the tool, with `--config` at the end where `arguments` don't have it; lines on stderr begin with `! `.
    func tool(
        _ arguments: [String],
        hasConfiguration: Bool = true,
        environment: [String: String] = variables,
        as user: [String] = []
    ) async throws -> (status: Int32, printed: String) {
        let path = TestProcess.products.appendingPathComponent("importwatchctl").path
        let all = [path] + arguments + (hasConfiguration ? ["--config", configuration] : [])
        return try await run(user + all, environment: environment)
    }

    /// Runs a program and answers what it prints, its lines on stderr after `! `.
    func run(_ words: [String], environment: [String: String] = variables) async throws -> (
        status: Int32, printed: String
    ) {
        let errors = folder.path + "/stderr-\(UUID().uuidString)"
        let process = try TestProcess(
            "/bin/sh",
            ["-c", "\"$0\" \"$@\" 2>'\(errors)'"] + words,
            environment: environment
        )
        let status = try await process.exitStatus()
        let lines = try String(contentsOfFile: errors, encoding: .utf8).split(separator: "\n").map { "! \($0)\n" }
        try FileManager.default.removeItem(atPath: errors)
        return (status, process.printed + lines.joined())
    }

    /// Waits for entries of a kind, with a field where one is named; words don't matter here, they are compared later.
    func wait(
        for kind: JournalEntry.Kind,
        _ field: String = "MESSAGE_ID=",
        of daemon: TestProcess,
        times: Int = 1
    ) async throws {
        do {
            try await daemon.waitUntil("\(times) × \(kind) with \(field)") {
                journal.received.filter { Self.isEntry($0, of: kind) && $0.contains(field) }.count >= times
            }
        } catch {
            throw GoldenFailure(description: "\(error)\n\(journal.received.joined(separator: "\n\n"))")
        }
    }

    private static func isEntry(_ entry: String, of kind: JournalEntry.Kind) -> Bool {
        entry.contains("MESSAGE_ID=\(kind.messageID)")
    }

    // MARK: What is seen

    /// Writes down a call of the tool, what it prints and its exit status.
    ///
    /// - Parameter wanted: Regular expressions that its output has to match before it is written down; it is called until
    ///   then.
    func show(
        _ arguments: [String],
        once wanted: [String] = [],
        hasConfiguration: Bool = true,
        and rules: [(pattern: String, template: String)] = [],
        environment: [String: String] = variables,
        as user: [String] = []
    ) async throws {
        var result = (status: Int32(0), printed: "")
        try await settle(once: wanted) {
            result = try await tool(
                arguments,
                hasConfiguration: hasConfiguration,
                environment: environment,
                as: user
            )
            // Without a daemon there are no polls.
            return (result.printed, arguments.first != "status" || result.status == 1)
        }
        let title = "$ importwatchctl \(arguments.joined(separator: " "))"
        note(title, BrokenLines.output(result.printed) + "exit \(result.status)", and: rules)
    }

    /// Writes down a call of any program.
    func show(program words: [String], as title: String, environment: [String: String] = variables) async throws {
        let (status, printed) = try await run(words, environment: environment)
        note("$ \(title)", printed + "exit \(status)")
    }

    /// Writes down a message to the control socket and its answer.
    func show(message: String) async throws {
        var answer = ""
        try await settle {
            let client = try UnixClient(folder.path + "/state.sqlite.control")
            client.send(message + "\0")
            answer = client.answer(seconds: 20).map { String(decoding: $0, as: UTF8.self) } ?? "no answer"
            return (answer, false)
        }
        let shown =
            answer.hasSuffix("\0") ? BrokenLines.json(String(answer.dropLast())) + "\n(NUL)" : answer + "(closed)"
        note("> \(message)", shown)
    }

    /// What a status says while a poll is under way, which no golden file can wait for.
    private static let unsettled = [
        #""next_poll":null,"attention":(null|"overdue"),"created_at":"[^"]*","finished_at":null"#,
        #""watched":[1-9]\d*,"jobs":\d+,"next_poll":null"#, #"status: +(PROCESSING|PAUSED)(?![\s\S]*next poll)"#,
        #"(?m)^(?!.*(COMPLETED|FAILED|CANCELLED)).*\d[smhd] +(-|\d+[smhd]) +-( |$)"#,
    ]

    /// Asks again until the answer has all that is wanted and, where it isn't at rest, no poll is under way in it.
    private func settle(
        once wanted: [String] = [],
        _ ask: () async throws -> (answer: String, isAtRest: Bool)
    ) async throws {
        var answer = ""
        for _ in 0..<400 {
            let isAtRest: Bool
            (answer, isAtRest) = try await ask()
            func has(_ pattern: String) -> Bool { answer.range(of: pattern, options: .regularExpression) != nil }
            if wanted.allSatisfy(has), isAtRest || !Self.unsettled.contains(where: has) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw GoldenFailure(description: "never \(wanted): \(answer)")
    }

    /// Writes something down under a title.
    func note(_ title: String, _ text: String, and rules: [(pattern: String, template: String)] = []) {
        transcript += names.text("\(title)\n\(text)\n\n", and: rules)
    }

    /// What was written down, compared with a golden file; the next begins empty.
    func check(_ name: String) throws {
        defer { transcript = "" }
        try Golden.check(name, transcript)
    }

    /// The journal's entries in the alphabet's order, for that in which they come may differ, compared with a golden file.
    func checkJournal(
        _ name: String,
        only kinds: [JournalEntry.Kind] = JournalEntry.Kind.allCases,
        without others: [JournalEntry.Kind] = [],
        and rules: [(pattern: String, template: String)] = []
    ) throws {
        let wanted = kinds.filter { !others.contains($0) }
        let entries = journal.received.filter { entry in wanted.contains { Self.isEntry(entry, of: $0) } }
            .map { names.text($0, and: rules) }
        try Golden.check(name, entries.sorted().joined(separator: "\n\n") + "\n")
    }

    /// A program's lines on stderr in the alphabet's order, compared with a golden file.
    func checkLines(
        _ name: String,
        of program: TestProcess,
        where isWanted: (String) -> Bool = { _ in true },
        and rules: [(pattern: String, template: String)] = []
    ) throws {
        let lines = program.printed.split(separator: "\n").map(String.init).filter(isWanted)
        try Golden.check(name, lines.map { names.text($0, and: rules) }.sorted().joined(separator: "\n") + "\n")
    }
}

import ImportWatch

/// Credentials that a program prints (`credential_process`).
@MainActor
final class ProcessCredentials: CredentialProvider {
    static let timeout = Duration.seconds(60)

    private let command: String
    private let processes: (any ProcessRunner)?
    private let name: String

    init(command: String, profile: String, processes: (any ProcessRunner)?) {
        self.command = command
        self.processes = processes
        name = "credential_process of profile \(profile)"
    }

    /// Runs the program and reads what it prints: version 1 of the format.
    func credentials() async throws(CredentialError) -> Credentials? {
        guard let processes else { throw problem("no programs may be run here") }
        guard let arguments = CommandLine.arguments(of: command) else {
            throw problem("the command is empty, or a quote in it has no end")
        }
        let output: [UInt8]
        do {
            output = try await processes.run(
                arguments,
                timeout: Self.timeout,
                outputLimit: CredentialDocument.limit
            )
        } catch {
            throw CredentialError(provider: name, reason: error.description, said: error.said)
        }
        let document = try CredentialDocument.decode(output, provider: name)
        guard document["Version"]?.integer == 1 else { throw problem("the program's output is not of Version 1") }
        return try CredentialDocument.read(document, tokenName: "SessionToken", provider: name)
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}

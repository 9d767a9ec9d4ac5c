import Foundation
import JSON

/// Runs the scripts that use clients which know nothing of us.
public enum PythonClients {
    /// Why there is no answer to look at.
    public struct Failure: Error {
        /// What the script printed.
        public var description: String
    }

    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Makes the virtual environment where `make test` has not.
    private static let interpreter = Task {
        let process = try TestProcess(
            package + "/Tests/Scripts/python.sh",
            [],
            environment: ProcessInfo.processInfo.environment
        )
        guard try await process.exitStatus(seconds: 300) == 0 else {
            throw Failure(description: "no virtual environment; is PyPI within reach? \(process.printed)")
        }
        return package + "/.build/venv/bin/python"
    }

    /// The interpreter that has the clients.
    public static var python: String {
        get async throws { try await interpreter.value }
    }

    /// Starts a script of Tests/Scripts that serves until the value goes.
    public static func start(_ script: String, _ arguments: [String]) async throws -> TestProcess {
        try TestProcess(try await interpreter.value, [package + "/Tests/Scripts/" + script] + arguments)
    }

    /// Runs a script of Tests/Scripts and gives the JSON that it prints last.
    public static func run(_ script: String, _ arguments: [String]) async throws -> JSONValue {
        let process = try TestProcess(
            try await interpreter.value,
            [package + "/Tests/Scripts/" + script] + arguments,
            environment: ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]
        )
        let status = try await process.exitStatus(seconds: 120)
        guard status == 0, let last = process.printed.split(separator: "\n").last else {
            throw Failure(description: "\(script) failed: \(process.printed)")
        }
        return try JSONValue(decoding: Array(last.utf8))
    }
}

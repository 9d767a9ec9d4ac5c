import Foundation
import JSON

/// moto, a server that answers as AWS does and checks signatures; started for one test on a loopback port of its own.
public final class MotoServer {
    /// Where it listens.
    public let url: String
    private let process: Process

    /// The virtual environment that `make test` makes; `nil` where it is absent.
    private static let python: URL? = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let python = package.appendingPathComponent(".build/venv/bin/python3")
        let server = package.appendingPathComponent(".build/venv/bin/moto_server")
        let isThere = [python, server].allSatisfy { FileManager.default.isExecutableFile(atPath: $0.path) }
        return isThere ? python : nil
    }()

    /// Starts a server which checks signatures after so many calls; `nil` where moto isn't installed.
    public init?(callsWithoutSignature: Int) throws {
        guard let python = Self.python else { return nil }
        process = Process()
        process.executableURL = python.deletingLastPathComponent().appendingPathComponent("moto_server")
        process.arguments = ["-H", "127.0.0.1", "-p", "0"]
        process.environment = [
            "PATH": "/usr/bin:/bin", "INITIAL_NO_AUTH_ACTION_COUNT": String(callsWithoutSignature),
        ]
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var said = ""
        var found: String?
        while found == nil {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            said += String(decoding: data, as: UTF8.self)
            found =
                said.components(separatedBy: "Running on ").dropFirst().first?
                .components(separatedBy: "\n").dropLast().first
        }
        // What it says later must not fill the pipe.
        pipe.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        guard let found else {
            process.terminate()
            throw Problem(said: said)
        }
        url = found.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        // It keeps no state and doesn't always heed SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs a Python script with boto3 against the server and returns the JSON that it prints.
    public func run(_ script: String) throws -> JSONValue {
        let client = Process()
        client.executableURL = Self.python
        client.arguments = ["-c", script, url]
        client.environment = [
            "PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "setup", "AWS_SECRET_ACCESS_KEY": "setup",
            "AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return try JSONValue(decoding: Array(data))
    }

    /// What it said instead of where it listens.
    struct Problem: Error {
        var said: String
    }
}

import JSON
import TestSupport

/// Asks the simulator with boto3.
enum Boto3Client {
    /// Calls an operation.
    static func call(
        _ simulator: Simulator,
        _ operation: String,
        _ arguments: JSONValue = .object([]),
        _ options: JSONValue = .object([])
    ) async throws -> JSONValue {
        try await PythonClients.run(
            "boto3-client.py",
            [simulator.service, operation, arguments.text, options.text]
        )
    }

    /// Calls GetImportJob.
    static func getImportJob(
        _ simulator: Simulator,
        _ id: String,
        _ options: JSONValue = .object([])
    ) async throws -> JSONValue {
        try await call(simulator, "get_import_job", ["JobId": .string(id)], options)
    }
}

extension JSONValue {
    /// The value as JSON.
    var text: String { String(decoding: encoded(), as: UTF8.self) }
}

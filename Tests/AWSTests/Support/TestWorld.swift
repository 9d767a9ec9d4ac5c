import ImportWatch
import TestSupport
import Testing

@testable import AWS

/// What a test puts in the world's place: variables, files, answers, a program's output and a clock.
@MainActor
final class TestWorld {
    var variables: [String: String]
    let files: MemoryFiles
    let ssoTokens = SSOTokens()
    let transport = AnsweringTransport()
    let processes = AnsweringProcesses()
    var now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))
    var waits: [Duration] = []

    init(_ variables: [String: String] = [:], files: [String: String] = [:]) {
        self.variables = variables
        self.files = MemoryFiles(files)
    }

    var ports: AWSPorts {
        AWSPorts(
            variables: AWSVariables(variables),
            files: files,
            transport: transport,
            writer: files,
            ssoTokens: ssoTokens,
            processes: processes,
            wallTime: { [unowned self] in self.now },
            wait: { [unowned self] in self.waits.append($0) },
            draw: { 1 }
        )
    }

    func configuration(region: String? = "eu-west-1", profile: String? = nil) throws -> ClientConfiguration {
        try ClientConfiguration(
            region: region,
            endpointURL: nil,
            profile: profile,
            variables: AWSVariables(variables),
            files: files
        )
    }

    /// What the standard search finds.
    func credentials(
        profile: String? = nil,
        roleARN: String? = nil,
        region: String? = "eu-west-1"
    ) async throws -> Credentials? {
        try await StandardCredentials(profile: profile, roleARN: roleARN, region: region, ports: ports).credentials()
    }

    /// The error that the standard search ends with.
    func failure(profile: String? = nil, roleARN: String? = nil) async throws -> CredentialError {
        do {
            let found = try await credentials(profile: profile, roleARN: roleARN)
            Issue.record("found \(String(describing: found))")
            throw Unexpected()
        } catch let error as CredentialError {
            return error
        }
    }

    struct Unexpected: Error {}
}

/// Answers requests in the order in which answers were put in.
@MainActor
final class AnsweringTransport: HTTPTransport {
    private(set) var requests: [HTTPRequest] = []
    /// Called with each request before it is answered.
    var onRequest: (HTTPRequest) -> Void = { _ in }
    private var answers: [Result<HTTPResponse, TransportError>] = []

    func answer(_ body: String, status: Int = 200, headers: [String: String] = [:]) {
        let block = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        let response = HTTPResponse(status: status, headerBlock: Array(block.utf8), body: Array(body.utf8))
        answers.append(.success(response))
    }

    func fail(_ error: TransportError) {
        answers.append(.failure(error))
    }

    func send(
        _ request: HTTPRequest,
        completion: @escaping @MainActor (Result<HTTPResponse, TransportError>) -> Void
    ) -> HTTPExchangeID {
        requests.append(request)
        onRequest(request)
        let answer = answers.isEmpty ? .failure(.connectTimeout(host: "nobody")) : answers.removeFirst()
        Task { @MainActor in completion(answer) }
        return HTTPExchangeID(number: UInt64(requests.count))
    }

    func cancel(_ id: HTTPExchangeID) {}
}

/// Stands for programs, with one output for all of them.
@MainActor
final class AnsweringProcesses: ProcessRunner {
    private(set) var runs: [[String]] = []
    var output: Result<String, ProcessError> = .success("")

    func run(_ arguments: [String], timeout: Duration, outputLimit: Int) async throws(ProcessError) -> [UInt8] {
        runs.append(arguments)
        return Array(try output.get().utf8)
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var bodyText: String { String(decoding: body, as: UTF8.self) }
}

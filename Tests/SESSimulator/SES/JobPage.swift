import Crypto
import JSON

/// Which page of the jobs a ListImportJobs request asks for.
struct JobPage {
    let start: Int
    let size: Int
    let destinationType: String?

    private static let destinationTypes: Set<String> = ["CONTACT_LIST", "SUPPRESSION_LIST"]

    init(_ request: ReceivedRequest) throws(SignatureCheck.Refusal) {
        let text = request.body.isEmpty ? Array("{}".utf8) : request.body
        guard let body = try? JSONValue(decoding: text), body.object != nil else {
            throw .init(status: 400, code: "SerializationException", message: "The request is no JSON object.")
        }
        let size = body["PageSize"]?.integer ?? 100
        guard size >= 1 else { throw Self.bad("PageSize must be at least 1.") }
        self.size = Int(min(size, 1000))
        destinationType = body["ImportDestinationType"]?.string
        if let destinationType, !Self.destinationTypes.contains(destinationType) {
            throw Self.bad("ImportDestinationType must be one of CONTACT_LIST, SUPPRESSION_LIST.")
        }
        guard let token = body["NextToken"]?.string else {
            start = 0
            return
        }
        let parts = Base64.decode(token).map { String(decoding: $0, as: UTF8.self).split(separator: " ") } ?? []
        // A token goes on with the same parameters only.
        guard parts.count == 2, let start = Int(parts[0]), start >= 0, parts[1] == destinationType ?? "any" else {
            throw Self.bad("The NextToken is invalid.")
        }
        self.start = start
    }

    /// The token of the page that begins with a job.
    func token(for position: Int) -> String {
        Base64.encode(Array("\(position) \(destinationType ?? "any")".utf8))
    }

    private static func bad(_ message: String) -> SignatureCheck.Refusal {
        .init(status: 400, code: "BadRequestException", message: message)
    }
}

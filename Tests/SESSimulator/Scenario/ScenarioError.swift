/// Why a scenario can't be played.
struct ScenarioError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: DecodingError) {
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            self.init((path.isEmpty ? "" : path.joined(separator: ".") + ": ") + context.debugDescription)
        @unknown default:
            self.init("\(error)")
        }
    }
}

/// The environment's variables as the AWS SDKs take them: a blank value counts as unset.
public struct AWSVariables: Sendable {
    private let variables: [String: String]

    /// Takes the variables of a process.
    public init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The value without white space around it; `nil` when unset or blank.
    public subscript(name: String) -> String? {
        guard let value = variables[name]?.trimmingBlanks, !value.isEmpty else { return nil }
        return value
    }

    /// Whether a variable says `true`, in any case.
    public func isTrue(_ name: String) -> Bool {
        self[name]?.lowercased() == "true"
    }
}

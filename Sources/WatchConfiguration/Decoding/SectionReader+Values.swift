/// Values by type; each complains where the value is of another type or out of its range.
extension SectionReader {
    /// The text of a key; `nil` where there is none or it is no text.
    mutating func string(_ name: String) -> Located<String>? {
        guard let entry = take(name) else { return nil }
        guard case .string(let string) = entry.node.value else {
            wrongType(name, entry.node, expected: "a string in quotes")
            return nil
        }
        return Located(value: string, position: entry.node.position)
    }

    /// The texts of an array, each with its place; `nil` where there is no array.
    mutating func strings(_ name: String) -> [Located<String>]? {
        guard let entry = take(name) else { return nil }
        guard case .array(let elements) = entry.node.value else {
            wrongType(name, entry.node, expected: "an array of strings")
            return nil
        }
        return elements.compactMap { element in
            guard case .string(let string) = element.value else {
                let problem = "must hold strings only, not \(element.kind); for example \(key(name).exampleLine)"
                complain(name, problem, at: element.position)
                return nil
            }
            return Located(value: string, position: element.position)
        }
    }

    /// The value of a key that holds one; `nil` where there is none that can be used.
    mutating func value(_ name: String) -> Located<ConfigurationKey.Value>? {
        guard let entry = entry(name) else { return nil }
        let position = entry.node.position
        let value: ConfigurationKey.Value?
        switch key(name).kind {
        case .flag: value = flag(name)
        case .integer(let range, _): value = integer(name, in: range)
        case .number(let low, let high, _): value = number(name, above: low, upTo: high)
        case .duration(let range, _): value = duration(name, in: range)
        case .word(let words): value = word(name, of: words)
        case .text: value = string(name).map { .text($0.value) }
        case .words, .texts, .table, .tables: preconditionFailure("\(name) holds more than one value")
        }
        return value.map { Located(value: $0, position: position) }
    }

    // MARK: Or the default

    /// True or false, else the default.
    mutating func flag(_ name: String) -> Bool {
        guard case .flag(let usual) = key(name).kind else { preconditionFailure("\(name) is no flag") }
        guard case .flag(let flag)? = value(name)?.value else { return usual }
        return flag
    }

    /// An integer, else the default.
    mutating func integer(_ name: String) -> Int {
        guard case .integer(_, let usual) = key(name).kind else { preconditionFailure("\(name) is no integer") }
        guard case .integer(let integer)? = value(name)?.value else { return usual }
        return integer
    }

    /// A duration, else the default.
    mutating func duration(_ name: String) -> Duration {
        guard case .duration(_, let usual) = key(name).kind else { preconditionFailure("\(name) is no duration") }
        guard case .duration(let duration)? = value(name)?.value else { return usual }
        return duration
    }

    /// The default of a text.
    func usualText(_ name: String) -> String {
        guard case .text(let usual?, _) = key(name).kind else { preconditionFailure("\(name) has no default text") }
        return usual
    }

    // MARK: By kind

    private mutating func flag(_ name: String) -> ConfigurationKey.Value? {
        guard let entry = take(name) else { return nil }
        if case .boolean(let boolean) = entry.node.value { return .flag(boolean) }
        wrongType(name, entry.node, expected: "true or false")
        return nil
    }

    private mutating func integer(_ name: String, in range: ClosedRange<Int>) -> ConfigurationKey.Value? {
        guard let entry = take(name) else { return nil }
        guard case .integer(let integer) = entry.node.value else {
            wrongType(name, entry.node, expected: "an integer")
            return nil
        }
        if let integer = Int(exactly: integer), range.contains(integer) { return .integer(integer) }
        let limits = "\(range.lowerBound) to \(range.upperBound)"
        complain(name, "must be from \(limits), not \(integer)", at: entry.node.position)
        return nil
    }

    private mutating func number(_ name: String, above low: Int, upTo high: Int) -> ConfigurationKey.Value? {
        guard let entry = take(name) else { return nil }
        let number: Double
        switch entry.node.value {
        case .integer(let integer): number = Double(integer)
        case .float(let float): number = float
        default:
            wrongType(name, entry.node, expected: "a number")
            return nil
        }
        if number > Double(low), number <= Double(high) { return .number(number) }
        complain(name, "must be above \(low) and at most \(high), not \(number)", at: entry.node.position)
        return nil
    }

    private mutating func duration(_ name: String, in range: ClosedRange<Duration>) -> ConfigurationKey.Value? {
        guard let entry = take(name) else { return nil }
        let example = key(name).exampleLine
        guard case .string(let text) = entry.node.value else {
            // Who writes 30 most likely means 30 seconds; the example shows how that is written.
            let meant: String? =
                if case .integer(let number) = entry.node.value, number > 0 { "\(name) = \"\(number)s\"" } else { nil }
            wrongType(name, entry.node, expected: "a duration in quotes", example: meant ?? example)
            return nil
        }
        guard let duration = DurationText.parse(text) else {
            let problem = "must be a whole number with ms, s, m or h; for example \(example)"
            complain(name, problem, at: entry.node.position)
            return nil
        }
        if range.contains(duration) { return .duration(duration) }
        let limits = "\(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
        complain(name, "must be from \(limits), not \(DurationText.render(duration))", at: entry.node.position)
        return nil
    }

    private mutating func word(_ name: String, of words: [String]) -> ConfigurationKey.Value? {
        guard let entry = take(name) else { return nil }
        guard case .string(let text) = entry.node.value else {
            wrongType(name, entry.node, expected: "a string in quotes")
            return nil
        }
        if words.contains(text) { return .text(text) }
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let hint = Suggestion.phrase(for: text, among: words)
        let shown = hint.isEmpty ? text.quoted : text
        complain(name, "must be one of \(list), not \"\(shown)\"\(hint)", at: entry.node.position)
        return nil
    }
}

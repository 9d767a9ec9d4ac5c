import ImportWatch

/// A key of the configuration, or a table: where it stands, what it may hold, what holds without it and what it is for.
struct ConfigurationKey: Sendable {
    /// A table; the keys of a source stand at the top level too.
    enum Section: String, CaseIterable, Sendable {
        case top = ""
        case source, polling, webhook, state, metrics
    }

    /// What a key may hold, with what holds without it or, where nothing does, an example.
    enum Kind: Sendable {
        case flag(Bool)
        case integer(ClosedRange<Int>, Int)
        case number(above: Int, upTo: Int, Double)
        case duration(ClosedRange<Duration>, Duration)
        /// One of the words; the first is the default.
        case word([String])
        /// Some of the words; all by default.
        case words([String], example: String)
        case text(String?, example: String)
        case texts(example: String)
        case table
        case tables
    }

    /// A value of one of the kinds that one value is.
    enum Value: Hashable, Sendable {
        case flag(Bool)
        case integer(Int)
        case number(Double)
        case duration(Duration)
        case text(String)
    }

    /// The table it stands in.
    let section: Section
    let name: String
    let kind: Kind
    /// What it is for.
    let meaning: String
    /// The first version that has it.
    let since: String
    /// Whether its name alone does not say which table someone meant.
    let isAmbiguous: Bool
    /// Puts its value among a source's settings, for those keys of `[polling]` that need no more than that.
    let store: (@Sendable (Value, inout Configuration.Source) -> Void)?

    init(
        _ section: Section,
        _ name: String,
        _ kind: Kind,
        _ meaning: String,
        since: String = "0.1",
        isAmbiguous: Bool = false,
        store: (@Sendable (Value, inout Configuration.Source) -> Void)? = nil
    ) {
        self.section = section
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.since = since
        self.isAmbiguous = isAmbiguous
        self.store = store
    }

    /// What holds without it, as the file would say it; `nil` where nothing does.
    var defaultText: String? {
        switch kind {
        case .flag(let flag): "\(flag)"
        case .integer(_, let integer): "\(integer)"
        case .number(_, _, let number): "\(number)"
        case .duration(_, let duration): "\"\(DurationText.render(duration))\""
        case .word(let words): words.first.map { "\"\($0)\"" }
        case .words(let words, _): "[\(words.map { "\"\($0)\"" }.joined(separator: ", "))]"
        case .text(let text, _): text.map { "\"\($0)\"" }
        case .texts, .table, .tables: nil
        }
    }

    /// A line that sets it, as a complaint shows how it is written.
    var exampleLine: String {
        switch kind {
        case .flag: "\(name) = true"
        case .text(_, let example): "\(name) = \"\(example)\""
        case .texts(let example), .words(_, let example): "\(name) = [\"\(example)\"]"
        default: "\(name) = \(defaultText ?? "…")"
        }
    }

    /// The words that its value may be; empty where it is free.
    var words: [String] {
        switch kind {
        case .word(let words), .words(let words, _): words
        default: []
        }
    }

    /// Whether its value is never a secret nor the name of something: a number, a duration or a word of a list.
    var isPlain: Bool {
        switch kind {
        case .flag, .integer, .number, .duration, .word, .words: true
        case .text, .texts, .table, .tables: false
        }
    }
}

// MARK: Keys of [polling]

/// What a key of `[polling]` sets.
protocol PollingSetting: Sendable {
    init?(_ value: ConfigurationKey.Value)
}

extension ConfigurationKey {
    /// A source on which nothing is set.
    static let plainSource = Configuration.Source(name: "")

    /// A key of `[polling]` whose value is put where `path` leads; the default is what stands there on a plain source.
    static func polling<Setting: PollingSetting>(
        _ name: String,
        _ path: any WritableKeyPath<Configuration.Source, Setting> & Sendable,
        _ kind: (_ usual: Setting) -> Kind,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(.polling, name, kind(plainSource[keyPath: path]), meaning) { value, source in
            if let setting = Setting(value) { source[keyPath: path] = setting }
        }
    }
}

extension Duration: PollingSetting {
    init?(_ value: ConfigurationKey.Value) {
        guard case .duration(let duration) = value else { return nil }
        self = duration
    }
}

extension Double: PollingSetting {
    init?(_ value: ConfigurationKey.Value) {
        guard case .number(let number) = value else { return nil }
        self = number
    }
}

extension Int: PollingSetting {
    init?(_ value: ConfigurationKey.Value) {
        guard case .integer(let integer) = value else { return nil }
        self = integer
    }
}

extension Configuration.Source.Strategy: PollingSetting {
    init?(_ value: ConfigurationKey.Value) {
        guard case .text(let text) = value else { return nil }
        self.init(rawValue: text)
    }
}

import ArgumentParser
import WatchConfiguration

extension CompletionKind {
    /// The names of the webhooks of the configuration that the words before name, else of the usual one.
    static var webhookName: CompletionKind {
        .custom { words, _, _ in
            let option = words.firstIndex(of: "--config")
            let named = option.flatMap { words.index(after: $0) < words.endIndex ? words[words.index(after: $0)] : nil }
            var config = ConfigurationOption()
            config.path = named ?? ConfigurationOption.usualPath
            return (try? config.load().configuration.webhooks.map(\.name)) ?? []
        }
    }
}

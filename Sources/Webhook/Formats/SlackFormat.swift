import ImportWatch

extension WebhookFormat {
    /// `{"text": …}`, which Slack and Mattermost take; neither verifies signatures.
    static let slack = WebhookFormat("slack", isVerified: false) { event, _ in
        ["text": .string(SlackText.text(event))]
    }
}

/// The line for people that chat servers show.
private enum SlackText {
    /// The longest text before it is escaped, in bytes of JSON.
    private static let limit = 3000
    /// Takes no room, and keeps what stands on its two sides from being read as one mark.
    private static let zeroWidthSpace = "\u{200B}"

    /// The sentence of the event's journal entry; nothing in it is markup, mentions anyone or loads an image.
    static func text(_ event: JobEvent) -> String {
        escaped(BoundedText.text(JournalEntry(telling: event).message, limit: limit))
    }

    /// Escapes what Slack takes for markup (`&`, `<`, `>`), and takes apart what Mattermost takes for a mention or a link.
    static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "@": output += "@" + zeroWidthSpace
            case "(" where output.unicodeScalars.last == "]": output += zeroWidthSpace + "("
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}

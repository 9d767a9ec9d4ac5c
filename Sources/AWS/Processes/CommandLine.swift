/// Splits a command as people write it in a configuration file into a program and its arguments.
enum CommandLine {
    /// The arguments with which `command` is run: itself split at blanks, or a shell with it where it needs one.
    ///
    /// Quotes and backslashes mean what they mean to a shell. `nil` when a quote has no end or nothing is there.
    static func arguments(of command: String) -> [String]? {
        var arguments: [String] = []
        var current: String?
        var quote: Character?
        var characters = command.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case (_, "'"): current?.append(character)
            case ("\\", "\""):
                guard let next = characters.next() else { return nil }
                if !"\\\"$`".contains(next) { current?.append("\\") }
                current?.append(next)
            case ("$", _), ("`", _): return shell(command)
            case (_, "\""): current?.append(character)
            case ("'", nil), ("\"", nil):
                quote = character
                current = current ?? ""
            case ("\\", nil):
                guard let next = characters.next() else { return nil }
                current = (current ?? "") + String(next)
            case (" ", nil), ("\t", nil):
                if let current { arguments.append(current) }
                current = nil
            case (_, nil) where isForShell(character, startsWord: current == nil): return shell(command)
            default: current = (current ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let current { arguments.append(current) }
        if let program = arguments.first, program.contains("=") { return shell(command) }
        return arguments.isEmpty ? nil : arguments
    }

    private static func isForShell(_ character: Character, startsWord: Bool) -> Bool {
        "|&;<>()*?[]{}\n".contains(character) || (startsWord && "~#!".contains(character))
    }

    private static func shell(_ command: String) -> [String] {
        ["/bin/sh", "-c", command]
    }
}

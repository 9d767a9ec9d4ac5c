import ImportWatch

/// The daemon's command line.
struct DaemonOptions {
    static let defaultPath = "/etc/importwatchd/importwatchd.toml"
    static let help = """
        Usage: importwatchd [--config FILE]

        Watches Amazon SES import jobs and tells the journal and webhooks when one ends.

          --config FILE  the configuration (default: \(defaultPath))
          --version      print the version
          --help         print this help

        Signals: TERM and INT stop, HUP reads the configuration anew, USR1 writes a
        summary to the journal. Exit: 0 after a stop, 2 usage, 3 state in use,
        4 no permission to read the configuration, 6 configuration bad or missing,
        1 anything else. See importwatchctl for checking, status and reload.

        """

    enum Request {
        case run(configuration: String)
        case print(String)
        case usageError(String)
    }

    static func parse(_ arguments: [String]) -> Request {
        var path = defaultPath
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .print(help)
            case "--version": return .print("importwatchd \(importWatchVersion)\n")
            case "--config":
                guard let value = rest.popFirst() else { return .usageError("--config needs a file") }
                path = value
            case _ where argument.hasPrefix("--config="):
                path = String(argument.dropFirst("--config=".count))
            default:
                return .usageError("unknown argument \(argument); see importwatchd --help")
            }
        }
        return path.isEmpty ? .usageError("--config needs a file") : .run(configuration: path)
    }
}

/// The daemon's exit codes.
nonisolated enum ExitCode {
    static let stopped: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    static let stateInUse: Int32 = 3
    static let noPermission: Int32 = 4
    static let badConfiguration: Int32 = 6
}

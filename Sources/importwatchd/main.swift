import ImportWatchDaemon

DaemonProgram.run(arguments: Array(CommandLine.arguments.dropFirst()))

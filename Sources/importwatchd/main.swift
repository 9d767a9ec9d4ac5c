import ImportWatchDaemon

DaemonProgram.run(arguments: ProgramArguments.read())

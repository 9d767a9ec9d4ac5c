import ImportWatchDaemon
import Platform

DaemonProgram.run(arguments: ProgramArguments.read())

/// The program's version.
public let importWatchVersion = "0.1.0"

import ImportWatch

/// What this module reaches the world through.
@MainActor
public struct AWSPorts {
    /// The process's environment.
    public var variables: AWSVariables
    /// Reads the shared files and tokens.
    public var files: any FileReader
    /// Sends requests.
    public var transport: any HTTPTransport
    /// Replaces the cached tokens of IAM Identity Center; `nil` where nothing may be written.
    public var writer: (any FileWriter)?
    /// The tokens of IAM Identity Center that only memory holds, and refreshes under way; shared by all sources.
    public var ssoTokens: SSOTokens
    /// Runs the programs that `credential_process` names; `nil` where none may be run.
    public var processes: (any ProcessRunner)?
    /// The wall clock.
    public var wallTime: @MainActor () -> WallTime
    /// Returns after a time, without blocking.
    public var wait: @MainActor (Duration) async -> Void
    /// Draws a number evenly from 0 to 1.
    public var draw: @MainActor () -> Double

    /// Gathers the ports.
    public init(
        variables: AWSVariables,
        files: any FileReader,
        transport: any HTTPTransport,
        writer: (any FileWriter)? = nil,
        ssoTokens: SSOTokens = SSOTokens(),
        processes: (any ProcessRunner)?,
        wallTime: @escaping @MainActor () -> WallTime,
        wait: @escaping @MainActor (Duration) async -> Void,
        draw: @escaping @MainActor () -> Double
    ) {
        self.variables = variables
        self.files = files
        self.transport = transport
        self.writer = writer
        self.ssoTokens = ssoTokens
        self.processes = processes
        self.wallTime = wallTime
        self.wait = wait
        self.draw = draw
    }
}

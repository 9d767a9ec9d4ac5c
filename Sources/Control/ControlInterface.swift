/// The interface that the control socket offers, in Varlink's own language.
enum ControlInterface {
    static let name = "io.importwatchd"
    static let service = "org.varlink.service"

    static let description = """
        # Asks and steers a running importwatchd. All times are RFC 3339 in UTC.
        interface io.importwatchd

        type Source (name: string, region: string, health: string, requests_per_second: float, pace: float,
          watched: int, jobs: int, next_poll: ?string)
        type Job (source: string, id: string, status: ?string, processed: ?int, failed: ?int, answered_at: ?string,
          next_poll: ?string, attention: ?string)
        type Target (name: string, health: string, pending: int, last_success: ?string)

        # What is going on.
        method Status() -> (version: string, pid: int, started_at: string, configuration: string, state: string,
          summary: string, sources: []Source, jobs: []Job, targets: []Target)

        # Reads the configuration anew; a bad one is not put in force.
        method Reload() -> (accepted: bool, complaints: []string, added: int, removed: int)

        """

    static let serviceDescription = """
        # The interface of every Varlink service.
        interface org.varlink.service

        method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)
        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)
        error MethodNotFound (method: string)
        error MethodNotImplemented (method: string)
        error InvalidParameter (parameter: string)

        """
}

/// The interface that the control socket offers, in Varlink's own language.
enum ControlInterface {
    static let name = "io.importwatchd"
    static let service = "org.varlink.service"

    /// What an interface offers.
    static func description(of interface: String?) throws(CallError) -> String {
        switch interface {
        case name: return description
        case service: return serviceDescription
        case let other?: throw .service("InterfaceNotFound", ["interface": .string(other)])
        case nil: throw .invalidParameter("interface")
        }
    }

    static let description = """
        # Asks and steers a running importwatchd. All times are RFC 3339 in UTC. Root and the daemon's user may call all
        # methods, members of the daemon's group Status and Deliveries; org.varlink.service.PermissionDenied, and the end
        # of the connection, answers everybody else.
        interface io.importwatchd

        type Source (name: string, region: string, health: string, requests_per_second: float, pace: float,
          watched: int, jobs: int, next_poll: ?string, throttled: bool, credentials: ?string,
          credentials_expire_at: ?string)
        type Job (source: string, id: string, status: ?string, processed: ?int, failed: ?int, answered_at: ?string,
          next_poll: ?string, attention: ?string, created_at: ?string, finished_at: ?string,
          records_per_second: ?float, problem: ?string)
        type Target (name: string, health: string, pending: int, last_success: ?string, dead: int,
          next_probe: ?string)
        type Refusal (at: string, complaint: string)

        # What is going on; of all jobs, or of one. Reload_refused is the last reload, where it was refused.
        method Status(job: ?string) -> (daemon: string, version: string, pid: ?int, started_at: ?string, configuration: string,
          state: string, summary: string, sources: []Source, jobs: []Job, targets: []Target,
          reload_refused: ?Refusal)

        # An event on its way to the journal or a webhook. State is pending, delivered or dead.
        type Delivery (event_id: string, type: string, occurred_at: string, source: string, region: string,
          job_id: string, target: string, webhook: ?string, state: string, attempts: int, last_attempt_at: ?string,
          next_attempt_at: ?string, ended_at: ?string, http_status: ?int, problem: ?string)

        # Reads the configuration anew; a bad one is not put in force, and neither is any while the daemon stops.
        method Reload() -> (accepted: bool, complaints: []string, added: int, removed: int, stopping: bool)

        type Key (provider: string, access_key_id: string, expires_at: ?string)
        type Probe (job_id: string, status: string)
        type Findings (name: string, region: ?string, endpoint: ?string, credentials: ?Key, problems: []string,
          probe: ?Probe)

        # Looks at each source as the daemon does: where the service is reached, and which credentials are found. Of a
        # key's ID only the last four characters are shown. With probe one real call is made about that job.
        method Examine(probe: ?string) -> (sources: []Findings)

        # Deliveries, the newest event's first; those of one state, webhook or job where they are given. A state_path
        # that is not the daemon's own is refused, here and in Replay.
        method Deliveries(state: ?string, webhook: ?string, job: ?string, limit: ?int, state_path: ?string)
          -> (deliveries: []Delivery)

        # Sends webhook deliveries again at once: those of an event, the dead ones, those that wait for their next
        # try, those of a webhook, or those of events since a time. Exactly one of these is given.
        method Replay(event_id: ?string, dead: ?bool, pending: ?bool, webhook: ?string, since: ?string,
          state_path: ?string) -> (replayed: int)

        error OtherState (state_path: string)
        error StateUnavailable (problem: string)
        error AnswerTooLong (problem: string)

        """

    private static let serviceDescription = """
        # The interface of every Varlink service.
        interface org.varlink.service

        method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)
        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)
        error MethodNotFound (method: string)
        error MethodNotImplemented (method: string)
        error InvalidParameter (parameter: string)
        error PermissionDenied ()

        """
}

import Glibc
import ImportWatch
import Platform
import WatchConfiguration

/// The service that runs with a configuration, as a tool takes its part: with its variables, its files and, where root
/// runs the tool, as its user.
struct Service {
    /// The unit that runs with the configuration; `nil` for a configuration that is none of the service's.
    let unitName: String?
    /// What the unit's files say; `nil` where systemd doesn't answer or knows no such unit.
    let unit: ServiceUnit?
    /// The variables with which the daemon runs.
    let variables: [String: String]
    /// The files as the daemon sees them.
    let files: ServiceFiles
    /// The user that root's tool becomes; `nil` where it stays who it is.
    let user: SystemUser?
    /// The pid of the unit's daemon; `nil` where systemd doesn't say, 0 where none runs.
    let mainPID: Int32?
    /// What keeps systemd from starting the unit.
    let troubles: [ServiceTrouble]

    /// Finds out what there is to know before the tool becomes another user.
    ///
    /// - Parameter user: The user that the daemon runs as, where it is not what the unit says.
    init(configurationPath path: String, user named: String?) throws(ServiceTrouble) {
        let process = ProcessEnvironment.variables()
        let isRoot = geteuid() == 0
        // With one of these systemd itself runs this: all is the service's already.
        let isInside = ["STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"].contains { process[$0] != nil }
        unitName = isInside ? nil : ServiceEnvironment.unit(configurationPath: path)
        unit = unitName.flatMap(Systemctl.files).map { [unitName] in ServiceUnit($0, name: unitName ?? "") }
        mainPID = unit == nil ? nil : unitName.flatMap(Systemctl.mainPID)
        var troubles: [ServiceTrouble] = []
        let wanted = named ?? unit.map { $0.user ?? "root" } ?? (unitName == nil ? nil : Self.usualUser)
        let groups = named == nil ? unit?.groups ?? [] : []
        let found = wanted.flatMap { SystemUser(name: $0, groups: groups) }
        user = isRoot && wanted != "root" ? found : nil
        if isRoot, let wanted, wanted != "root", user == nil, named != nil || unit != nil {
            throw ServiceTrouble("there is no user \(wanted) for the daemon to run as")
        }
        guard let unit else {
            var own = ServiceEnvironment(environment: process, exists: { access($0, R_OK | X_OK) == 0 })
                .variables(configurationPath: path)
            if user != nil, let home = ServiceEnvironment.home(configurationPath: path) { own["HOME"] = home }
            (variables, files, self.troubles) = (own, .own, [])
            return
        }
        variables = ServiceEnvironment.variables(
            of: unit,
            configurationPath: path,
            home: found?.home,
            files: Self.environmentFiles(of: unit, &troubles)
        )
        let folder = variables["CREDENTIALS_DIRECTORY"].map { $0 + "/" }
        files = ServiceFiles(
            folder: folder,
            credentials: folder.map { ServiceCredentials.read(unit, folder: $0, &troubles) } ?? [:],
            unit: unit
        )
        self.troubles = troubles
    }

    private static let usualUser = "importwatchd"

    /// Whose part the tool takes, in words.
    var speaker: String {
        let name = (user ?? SystemUser(id: geteuid())).name
        return "the user \(name) with HOME \(variables["HOME"] ?? "not set")"
            + (unit == nil ? "" : " and the variables of \(unitName ?? "the unit")")
    }

    /// Becomes the daemon's user for good, where root runs the tool.
    func become() throws(ServiceTrouble) {
        guard let user else { return }
        do throws(SystemError) {
            try user.become()
        } catch {
            throw ServiceTrouble("can't become the user \(user.name): \(error); run this as the daemon's user")
        }
    }

    /// Takes the service's variables in place of the process's own, for libraries that read them: proxies above all.
    func takeVariables() {
        guard unit != nil else { return }
        let kept: Set = ["TERM", "COLUMNS", "NO_COLOR", "LANG", "LC_ALL", "TZ"]
        for name in ProcessEnvironment.variables().keys where !kept.contains(name) { unsetenv(name) }
        for (name, value) in variables { setenv(name, value, 1) }
    }

    private static func environmentFiles(of unit: ServiceUnit, _ troubles: inout [ServiceTrouble]) -> [[String: String]]
    {
        var found: [[String: String]] = []
        for file in unit.environmentFiles {
            let paths = LocalFiles().paths(matching: file.path)
            if paths.isEmpty, !file.isOptional {
                troubles.append(
                    ServiceTrouble(
                        "EnvironmentFile=\(file.path): no such file; systemd does not start the unit without it"
                    )
                )
            }
            for path in paths {
                do throws(FileError) {
                    let bytes = try LocalFiles().read(path, limit: 1 << 20)
                    found.append(EnvironmentFileText.variables(String(decoding: bytes, as: UTF8.self)))
                } catch {
                    // Root, as whom systemd reads it, can.
                    troubles.append(
                        ServiceTrouble("EnvironmentFile=\(error); what it sets is not known here", .warning)
                    )
                }
            }
        }
        return found
    }
}

/// Something about the service that is no matter of the configuration's text.
struct ServiceTrouble: EndingError, Hashable, CustomStringConvertible {
    /// What is wrong and what to do.
    let message: String
    /// Whether the daemon can't start with it, or can't do all of its work.
    let severity: Complaint.Severity
    /// How a tool ends that finds nothing worse.
    let exitStatus: Int32

    init(
        _ message: String,
        _ severity: Complaint.Severity = .error,
        exitStatus: Int32 = ExitStatus.badConfiguration
    ) {
        (self.message, self.severity) = (message, severity)
        self.exitStatus = severity == .error ? exitStatus : 0
    }

    var description: String { message }

    var lines: [String] { [message] }
}

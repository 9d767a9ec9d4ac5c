import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import Platform
import SQLiteStore
import WatchConfiguration

/// What the daemon would say if it started now: to the configuration, and to the places that it writes to.
struct ServiceCheck {
    /// The configuration, also where it is only what the service's variables add that the daemon would not take.
    private(set) var configuration: Configuration?
    /// Why it would not.
    private(set) var error: ConfigurationError?
    /// What the daemon would warn about in the configuration.
    private(set) var warnings: [Complaint] = []
    /// What is wrong beside the configuration's text.
    private(set) var troubles: [ServiceTrouble]
    private let user: String?

    /// How a tool ends after that.
    var exitStatus: Int32 {
        error?.exitStatus ?? troubles.first { $0.severity == .error }?.exitStatus ?? 0
    }

    /// What is wrong with the configuration as a whole, where there is no place in it to name.
    var lines: [String] {
        // What root's tool found out as the daemon's user is no reason to run it as root.
        if let user, case .permissionDenied(let path)? = error {
            return ["\(path): permission denied for \(user); chgrp \(user) it and chmod 640 it, and its folders 750"]
        }
        return error.map { $0.complaints.isEmpty ? $0.lines : [] } ?? []
    }

    /// Everything with a place in the configuration, or in a file that it names.
    func complaints(path: String) -> [Complaint] {
        (error?.complaints ?? warnings)
            + troubles.map { Complaint(path: path, line: 1, column: 1, severity: $0.severity, message: $0.message) }
    }

    /// Reads as the daemon's user, which this process then is.
    ///
    /// - Parameter hasVariables: Whether the service's variables are known: without them nothing is said about what
    ///   they could add.
    @MainActor init(path: String, service: Service, hasVariables: Bool = true) throws(ServiceTrouble) {
        troubles = service.troubles
        user = service.user?.name
        try service.become()
        do throws(ConfigurationError) {
            let (variables, files) = (service.variables, service.files)
            let (configuration, warnings) =
                hasVariables
                ? try DaemonConfiguration.read(path: path, variables: variables, files: files)
                : try ConfigurationLoader(files: files, environment: variables).load(path: path)
            self.configuration = configuration
            self.warnings = warnings
            troubles += Self.state(configuration.state.path, service)
            if let file = configuration.metrics.textfile { troubles += Self.metrics(file, service) }
        } catch {
            self.error = error
            let loader = ConfigurationLoader(files: service.files, environment: service.variables)
            configuration = try? loader.load(path: path).configuration
        }
    }

    // MARK: The state

    private static func state(_ path: String, _ service: Service) -> [ServiceTrouble] {
        let folder = FilePaths.folder(of: path)
        func trouble(_ message: String) -> [ServiceTrouble] {
            [ServiceTrouble("state \(path): \(message)", exitStatus: ExitStatus.failure)]
        }
        if service.unit?.isReadOnly(path) == true {
            return trouble(
                "systemd shows \(folder) to the service read-only; use another [state] path or ReadWritePaths="
            )
        }
        guard exists(folder) else {
            // systemd makes the unit's own directory at the first start.
            if service.variables["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init) == folder {
                return []
            }
            // The daemon makes one folder itself.
            if may(W_OK | X_OK, FilePaths.folder(of: folder)) { return [] }
            return trouble("there is no folder \(folder), or it can't be looked into; make it for the daemon's user")
        }
        let name = service.user?.name ?? "the daemon's user"
        for file in [path, path + ".lock"] where exists(file) && !may(R_OK | W_OK, file) {
            return trouble("\(name) can't write \(file); chown \(name) it")
        }
        if !may(W_OK | X_OK, folder) {
            return trouble("\(name) can't write to \(folder), where the state lies; chown \(name) it")
        }
        return held(path, service) ?? content(path)
    }

    /// `nil` where no daemon works on it.
    private static func held(_ path: String, _ service: Service) -> [ServiceTrouble]? {
        guard case .running(let pid)? = StateLock.holder(statePath: path) else { return nil }
        guard let mainPID = service.mainPID, mainPID != pid else { return [] }
        let error = StateStoreError.inUse(path: path, pid: pid)
        return [ServiceTrouble(error.description, exitStatus: ExitStatus.stateInUse)]
    }

    private static func content(_ path: String) -> [ServiceTrouble] {
        guard exists(path) else { return [] }
        do throws(StateStoreError) {
            _ = try OfflineState(path: path)
            return []
        } catch {
            if case .inUse = error { return [] }
            if error.asksForNewState {
                return [ServiceTrouble("\(error); the daemon puts it aside and begins a new one", .warning)]
            }
            return [ServiceTrouble(error.description, exitStatus: ExitStatus.failure)]
        }
    }

    // MARK: Metrics

    private static func metrics(_ path: String, _ service: Service) -> [ServiceTrouble] {
        let folder = FilePaths.folder(of: path)
        let problem: String
        if service.unit?.isHidden(path) == true {
            problem = "the service has a \(folder) of its own, which nobody else sees; use another folder"
        } else if !exists(folder) {
            problem = "there is no folder \(folder), or it can't be looked into"
        } else if service.unit?.isReadOnly(path) == true {
            problem = "systemd shows \(folder) to the service read-only; add ReadWritePaths=-\(folder) to the unit"
        } else if !may(W_OK | X_OK, folder) {
            let name = service.user?.name ?? "the daemon's user"
            problem = "\(name) can't write to \(folder); give it the right to"
        } else {
            return []
        }
        return [ServiceTrouble("metrics can't be written to \(path): \(problem)", .warning)]
    }

    // MARK: Files

    private static func may(_ access: Int32, _ path: String) -> Bool {
        faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0
    }

    private static func exists(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0
    }
}

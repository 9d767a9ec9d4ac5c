import ArgumentParser
import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import Platform
import SQLiteStore
import WatchConfiguration

/// The option that every subcommand has.
struct ConfigurationOption: ParsableArguments {
    /// The service's own configuration.
    static let usualPath = "/etc/importwatchd/importwatchd.toml"

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration.", valueName: "FILE"),
        completion: .file(extensions: ["toml"])
    )
    var path = Self.usualPath

    /// The variables of this process and, for the service's own configuration, those that systemd gives the service.
    var variables: [String: String] {
        let environment = ServiceEnvironment(
            environment: ProcessEnvironment.variables(),
            // Members of the daemon's group name the state to the daemon, though they may not look where it lies.
            exists: { access($0, $0.hasPrefix("/run/credentials/") ? R_OK | X_OK : F_OK) == 0 }
        )
        return environment.variables(configurationPath: absolutePath)
    }

    /// The path by which the service's own configuration is known, wherever the tool is run.
    var absolutePath: String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return String(cString: folder) + "/" + relative
    }

    /// Reads the configuration with all that is wrong in it.
    func load() throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        do throws(ConfigurationError) {
            return try loader.load(path: path)
        } catch {
            // While the service is stopped, what its unit loads for it is not yet where the service looks for it.
            guard case .invalid = error, ServiceEnvironment.unit(configurationPath: absolutePath) != nil,
                let service = try? Service(configurationPath: absolutePath, user: nil), service.unit != nil
            else { throw error }
            return try ConfigurationLoader(files: service.files, environment: service.variables).load(path: path)
        }
    }

    private var loader: ConfigurationLoader {
        ConfigurationLoader(files: LocalFiles(), environment: variables)
    }

    /// Asks the daemon at the first socket where one listens, even where the configuration is bad: the daemon has its own
    /// verdict on that.
    func ask<Answer>(_ question: (ControlClient) throws(ControlError) -> Answer) throws -> Answer {
        let statePath = loader.statePath(path: path)
        let paths = ControlPath.candidates(
            configurationPath: path,
            statePath: statePath,
            environment: variables
        )
        var problem: ControlError?
        for path in paths {
            do throws(ControlError) {
                return try question(client(path))
            } catch {
                if case .nobodyListens = error { continue }
                problem = problem ?? error
            }
        }
        switch problem {
        case nil, .noAnswer?: if UnitCommand.isOvertakenByStop { throw ExitCode(0) }
        default: break
        }
        if problem == nil { _ = try load() }
        throw Failure("\(problem ?? .nobodyListens(paths: paths))")
    }

    /// A client of the daemon that listens at a path.
    func client(_ path: String) -> ControlClient {
        ControlClient(path: path, now: { SystemClock().now() })
    }
}

extension ConfigurationOption {
    /// Asks the daemon that works on this configuration's state, or opens the state where none runs.
    ///
    /// Where the configuration doesn't even say where the state lies, only a running daemon can be asked, and its state is
    /// not compared.
    ///
    /// - Parameter purpose: What is done with the state where it is opened.
    func state<Answer>(
        for purpose: OfflineState.Purpose = .reading,
        online: (ControlClient, _ statePath: String?) throws(ControlError) -> Answer,
        offline: (OfflineState, _ statePath: String) throws(StateStoreError) -> Answer
    ) throws -> Answer {
        let path = loader.statePath(path: self.path)
        let sockets = ControlPath.candidates(
            configurationPath: self.path,
            statePath: path,
            environment: variables
        )
        var unheard: [String] = []
        do {
            for socket in sockets {
                do throws(ControlError) {
                    return try online(client(socket), path)
                } catch {
                    switch error {
                    case .nobodyListens: unheard.append(socket)
                    case .otherState: continue
                    default: throw error
                    }
                }
            }
            let path = try path ?? load().configuration.state.path
            return try FileOwner.acting(for: path) { try offline(try OfflineState(path: path, for: purpose), path) }
        } catch let end as any EndingError {
            throw end
        } catch {
            let isUnheard = error is StateStoreError && !unheard.isEmpty
            let places = isUnheard ? " (\(ControlError.nobodyListens(paths: unheard)))" : ""
            throw Failure("\(error)\(places)", exitStatus: Self.exitStatus(of: error))
        }
    }

    private static func exitStatus(of error: any Error) -> Int32 {
        if case .inUse = error as? StateStoreError { return ExitStatus.stateInUse }
        return ExitStatus.failure
    }
}

extension ConfigurationError: EndingError {
    var exitStatus: Int32 {
        if case .permissionDenied = self { return ExitStatus.noPermission }
        return ExitStatus.badConfiguration
    }
}

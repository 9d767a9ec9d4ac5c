import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Root's tool works on a state whose folder belongs to another user, who plants things at the names it opens.
    @Suite(.serialized) struct PlantedFilesTests {
        private static let attacker: uid_t = 65_534
        private static let suffixes = ["", ".lock", "-wal", "-shm", "-journal", ".control"]
        private static let commands = [
            ["status"], ["deliveries"], ["replay", "--pending"], ["status", "--job", "a"],
            ["replay", "--webhook", "ops"],
            ["jobs", "add", "new"], ["jobs", "remove", "a"],
        ]

        /// What root has outside of the attacker's folder.
        private struct Victims {
            let folder: TemporaryFolder
            let file: String
            let free: String

            init() throws {
                folder = try TemporaryFolder()
                file = try folder.write("victim", "root's own\n")
                free = folder.path + "/none"
                _ = chmod(file, 0o600)
            }

            /// Why they are not what they were.
            var harm: String? {
                var status = stat()
                guard lstat(file, &status) == 0 else { return "root's file is gone" }
                if status.st_uid != 0 || status.st_gid != 0 { return "root's file belongs to \(status.st_uid)" }
                if status.st_mode & 0o7777 != 0o600 { return "root's file has mode \(status.st_mode)" }
                if (try? String(contentsOfFile: file, encoding: .utf8)) != "root's own\n" {
                    return "root's file changed"
                }
                return access(free, F_OK) == 0 ? "a file was made in root's folder" : nil
            }
        }

        /// A daemon's state, its jobs list and its folder, all of which belong to the attacker.
        private struct Ground {
            let harness: DaemonHarness
            let state: TemporaryFolder
            let master: TemporaryFolder
            var path: String { state.path + "/state.sqlite" }
            var list: String { state.path + "/local.list" }

            init() async throws {
                harness = try await DaemonHarness(
                    #"{"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}"#,
                    jobs: []
                )
                state = try TemporaryFolder()
                master = try TemporaryFolder()
                try harness.configure(jobs: [], more: "[state]\npath = \"\(state.path)/state.sqlite\"")
                let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
                try harness.folder.write("importwatchd.toml", "jobs_files = [\"\(state.path)/*.list\"]\n" + text)
                try state.write("local.list", "a\n")
                let daemon = try harness.daemon()
                try await daemon.waitFor("started with")
                daemon.signal(SIGTERM)
                _ = try await daemon.exitStatus()
                for name in try FileManager.default.contentsOfDirectory(atPath: state.path) {
                    try FileManager.default.copyItem(atPath: state.path + "/" + name, toPath: master.path + "/" + name)
                }
                try reset()
            }

            /// Puts the attacker's folder back to what the daemon left.
            func reset() throws {
                for name in try FileManager.default.contentsOfDirectory(atPath: state.path) {
                    try FileManager.default.removeItem(atPath: state.path + "/" + name)
                }
                for name in try FileManager.default.contentsOfDirectory(atPath: master.path) {
                    try FileManager.default.copyItem(atPath: master.path + "/" + name, toPath: state.path + "/" + name)
                    _ = chown(state.path + "/" + name, attacker, attacker)
                }
                _ = chown(state.path, attacker, attacker)
                _ = chmod(state.path, 0o700)
            }

            func run(_ command: [String]) async throws -> (status: Int32, printed: String) {
                let process = try TestProcess("importwatchctl", command + ["--config", harness.configuration])
                return (try await process.exitStatus(seconds: 30), process.printed)
            }
        }

        private enum Kind: String, CaseIterable {
            case symbolicLink, danglingLink, hardLink, pipe, folder, device, linkToItself

            func plant(at path: String, _ victims: Victims) {
                _ = unlink(path)
                switch self {
                case .symbolicLink: _ = symlink(victims.file, path)
                case .danglingLink: _ = symlink(victims.free, path)
                case .hardLink: _ = link(victims.file, path)
                case .pipe: _ = mkfifo(path, 0o666)
                case .folder: _ = mkdir(path, 0o777)
                case .device: _ = mknod(path, S_IFCHR | 0o666, makedev(1, 7))
                case .linkToItself: _ = symlink(path, path)
                }
                if self != .hardLink { _ = lchown(path, attacker, attacker) }
            }

            private func makedev(_ major: UInt, _ minor: UInt) -> dev_t { major << 8 | minor }
        }

        private func isRoot() -> Bool {
            if geteuid() == 0 { return true }
            print("SKIPPED: only root can be attacked by another user, and make its files")
            return false
        }

        @Test func aLockThatIsALinkChangesNothingOfRoots() async throws {
            guard isRoot() else { return }
            let (ground, victims) = (try await Ground(), try Victims())
            for command in [["status"], ["deliveries"], ["replay", "--pending"]] {
                Kind.symbolicLink.plant(at: ground.path + ".lock", victims)
                let (status, printed) = try await ground.run(command)
                #expect(victims.harm == nil, "\(command)")
                #expect(status == 1 && printed.contains("state.sqlite.lock: is a symbolic link"), "\(printed)")
            }
        }

        @Test func aListThatIsALinkChangesNothingOfRoots() async throws {
            guard isRoot() else { return }
            let (ground, victims) = (try await Ground(), try Victims())
            Kind.symbolicLink.plant(at: ground.list, victims)
            let (status, printed) = try await ground.run(["jobs", "add", "new", "--list", ground.list])
            #expect(victims.harm == nil)
            #expect(status != 0, "\(printed)")
        }

        @Test func whateverIsPlantedNothingOutsideChangesAndNothingHangs() async throws {
            guard isRoot() else { return }
            let ground = try await Ground()
            var random = SeededGenerator(seed: 13)
            for step in 0..<60 {
                let victims = try Victims()
                var planted: [String] = []
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    let name = (Self.suffixes.map { ground.path + $0 } + [ground.list]).randomElement(using: &random)
                    let kind = Kind.allCases.randomElement(using: &random)
                    guard let name, let kind else { continue }
                    kind.plant(at: name, victims)
                    planted.append("\(kind) at \(name)")
                }
                let command = Self.commands.randomElement(using: &random) ?? []
                let (status, printed) = try await ground.run(command)
                #expect(victims.harm == nil, "step \(step): \(command), \(planted): \(printed)")
                #expect(status < 128, "step \(step): \(command), \(planted): \(printed)")
                try ground.reset()
            }
        }

        @Test func whoReadsAStateWritesNothing() async throws {
            guard isRoot() else { return }
            let ground = try await Ground()
            for isCrashed in [false, true] {
                try ground.reset()
                if isCrashed {
                    try ground.state.write("state.sqlite.lock", "1\nrunning\n")
                    _ = chown(ground.path + ".lock", Self.attacker, Self.attacker)
                }
                let before = try snapshot(ground.state.path)
                for command in [["status"], ["deliveries"], ["status", "--job", "a"]] {
                    let (_, printed) = try await ground.run(command)
                    #expect(!printed.contains("importwatchctl:"), "\(printed)")
                }
                #expect(try snapshot(ground.state.path) == before)
                #expect(try await ground.run(["replay", "--pending"]).status == 0)
                for name in try FileManager.default.contentsOfDirectory(atPath: ground.state.path) {
                    var status = stat()
                    #expect(
                        lstat(ground.state.path + "/" + name, &status) == 0 && status.st_uid == Self.attacker,
                        "\(name)"
                    )
                }
            }
        }

        private func snapshot(_ folder: String) throws -> [String: String] {
            var files: [String: String] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                var status = stat()
                _ = lstat(folder + "/" + name, &status)
                let bytes = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
                files[name] = "\(status.st_uid) \(status.st_ino) \(status.st_mode) \(bytes.hashValue) \(bytes.count)"
            }
            return files
        }
    }
}

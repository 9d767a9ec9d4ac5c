import Foundation
import JSON
import TestSupport
import Testing

@Suite(.serialized) struct DoctorTests {
    private static let scenario = """
        {"keys": [{"id": "AKIDENVIRONMENT", "secret": "env-secret"}, {"id": "AKIDONE", "secret": "one-secret"},
                  {"id": "AKIDTWO", "secret": "two-secret"}],
         "jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}, {"id": "b", "timeline": [{"status": "PROCESSING"}]},
                  {"id": "c", "timeline": [{"status": "PROCESSING"}]}]}
        """

    /// Keys in the environment and a source each for two profiles: the profiles' own keys sign, and only they.
    private static func world() async throws -> (folder: TemporaryFolder, simulator: Simulator, configuration: String) {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(Self.scenario, in: folder)
        try folder.write(
            "credentials",
            """
            [one]
            aws_access_key_id = AKIDONE
            aws_secret_access_key = one-secret
            [two]
            aws_access_key_id = AKIDTWO
            aws_secret_access_key = two-secret
            [wrong]
            aws_access_key_id = AKIDTWO
            aws_secret_access_key = another-secret
            """
        )
        let configuration = try folder.write(
            "importwatchd.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(simulator.service)"
            [polling]
            requests_per_second = 50
            min_delay = "100ms"
            max_delay = "200ms"
            [[source]]
            name = "first"
            profile = "one"
            jobs = ["a"]
            [[source]]
            name = "second"
            profile = "two"
            jobs = ["b"]
            """
        )
        return (folder, simulator, configuration)
    }

    private static func environment(_ folder: TemporaryFolder) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": "AKIDENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "env-secret", "HOME": folder.path,
            "AWS_SHARED_CREDENTIALS_FILE": folder.path + "/credentials", "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    private static func doctor(
        _ configuration: String,
        _ environment: [String: String],
        _ arguments: [String] = []
    ) async throws -> (status: Int32, sources: [JSONValue], printed: String) {
        let tool = try TestProcess(
            "importwatchctl",
            ["doctor", "--json", "--config", configuration] + arguments,
            environment: environment
        )
        let status = try await tool.exitStatus()
        let printed = tool.printed
        let sources = try? JSONValue(decoding: Array(printed.utf8))["sources"]?.array
        return (status, sources ?? [], printed)
    }

    @Test func twoProfilesSignWithTwoKeysAndNotWithTheEnvironments() async throws {
        let (folder, simulator, configuration) = try await Self.world()
        let daemon = try TestProcess(
            "importwatchd",
            ["--config", configuration],
            environment: Self.environment(folder)
        )
        try await daemon.waitUntil("polls of both jobs") {
            let asked = try await simulator.statistics().requestsPerJob
            return asked["a", default: 0] > 2 && asked["b", default: 0] > 2
        }
        let statistics = try await simulator.statistics()
        #expect(Set(statistics.requestsPerKey.keys) == ["AKIDONE", "AKIDTWO"])
        #expect(statistics.refusedSignatures == 0)
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func showsProviderAndKeyOfEachSourceAndAsksTheOneThatListsTheJob() async throws {
        let (folder, simulator, configuration) = try await Self.world()
        let (status, sources, printed) = try await Self.doctor(
            configuration,
            Self.environment(folder),
            ["--probe", "b"]
        )
        #expect(status == 0)
        #expect(sources.map { $0["name"]?.string } == ["first", "second"])
        #expect(sources.map { $0["region"]?.string } == ["eu-west-1", "eu-west-1"])
        #expect(sources.map { $0["endpoint"]?.string } == [simulator.service, simulator.service])
        #expect(sources.map { $0["credentials"]?["provider"]?.string } == ["profile one", "profile two"])
        #expect(sources.map { $0["credentials"]?["access_key_id"]?.string } == ["DONE", "DTWO"])
        #expect(sources.map { $0["credentials"]?["expires_at"] } == [.null, .null])
        #expect(sources.map { $0["problems"]?.array?.count } == [0, 0])
        #expect(sources.map { $0["probe"]?["status"]?.string } == [nil, "PROCESSING"])
        #expect(try await simulator.statistics().requestsPerKey == ["AKIDTWO": 1])
        for secret in ["one-secret", "two-secret", "AKIDONE"] { #expect(!printed.contains(secret)) }
    }

    @Test func tellsWhatIsWrongAndWhatToDo() async throws {
        let (folder, simulator, _) = try await Self.world()
        let configuration = try folder.write(
            "wrong.toml",
            """
            endpoint_url = "\(simulator.service)"
            [[source]]
            name = "wrong-secret"
            region = "eu-west-1"
            profile = "wrong"
            jobs = ["a"]
            [[source]]
            name = "missing-profile"
            region = "eu-west-1"
            profile = "three"
            jobs = ["another"]
            [[source]]
            name = "unknown-job"
            region = "eu-west-1"
            profile = "one"
            jobs = ["nowhere"]
            [[source]]
            name = "no-region"
            profile = "one"
            jobs = ["nowhere"]
            [[source]]
            name = "neither"
            profile = "three"
            jobs = ["nowhere-either"]
            """
        )
        var providers: [String?] = []
        func problems(_ job: String) async throws -> [[String]] {
            let (status, sources, _) = try await Self.doctor(
                configuration,
                Self.environment(folder),
                ["--probe", job]
            )
            // A source without a Region is none that the daemon would start with.
            #expect(status == 6)
            providers = sources.map { $0["credentials"]?["provider"]?.string }
            return sources.map { $0["problems"]?.array?.compactMap(\.string) ?? [] }
        }
        let found = try await problems("a")
        try #require(found.count == 5)
        #expect(found[0].count == 1)
        #expect(found[0].first?.contains("the secret does not belong to the key") == true)
        #expect(found[1].first?.contains("profile three: there is no profile three") == true)
        #expect(found[1].first?.contains(folder.path + "/credentials") == true)
        #expect(found[2].isEmpty)
        #expect(found[3].first?.contains("no Region: set region") == true)
        // What doesn't need a Region is looked at all the same.
        #expect(providers[3] == "profile one")
        #expect(found[4].count == 2 && found[4].last?.contains("there is no profile three") == true)
        let missing = try await problems("nowhere")
        #expect(missing[2].first?.contains("there is no job nowhere for this account in eu-west-1") == true)
    }

    /// The keys are the daemon's alone: whoever asks has none, and sees only the end of the daemon's.
    @Test func theRunningDaemonIsAskedWhatItFinds() async throws {
        let (folder, simulator, _) = try await Self.world()
        let configuration = try folder.write(
            "own.toml",
            """
            endpoint_url = "\(simulator.service)"
            jobs = ["a"]
            """
        )
        let daemon = try TestProcess(
            "importwatchd",
            ["--config", configuration],
            environment: Self.environment(folder).merging(["AWS_REGION": "eu-west-1"]) { $1 }
        )
        try await daemon.waitUntil("a poll") { try await simulator.statistics().requestsPerJob["a", default: 0] > 0 }
        let stranger = ["HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"]
        let asked = try await Self.doctor(configuration, stranger, ["--probe", "a"])
        #expect(asked.sources.map { $0["region"]?.string } == ["eu-west-1"], "\(asked.printed)")
        #expect(asked.sources.map { $0["credentials"]?["provider"]?.string } == ["environment"])
        #expect(asked.sources.map { $0["credentials"]?["access_key_id"]?.string } == ["MENT"])
        #expect(asked.sources.map { $0["probe"]?["status"]?.string } == ["PROCESSING"])
        #expect(asked.printed.contains("the running daemon"))
        for secret in ["env-secret", "AKIDENVIRONMENT"] { #expect(!asked.printed.contains(secret)) }
        #expect(asked.status == 0)
        try folder.write("own.toml", "regoin = \"eu-west-1\"")
        let bad = try await Self.doctor(configuration, stranger)
        #expect(bad.status == 6 && bad.printed.contains("own.toml:1:1"))
        #expect(bad.sources.first?["credentials"]?["access_key_id"]?.string == "MENT")
        try folder.write("own.toml", "endpoint_url = \"\(simulator.service)\"\njobs = [\"a\"]")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let alone = try await Self.doctor(configuration, stranger.merging(["AWS_REGION": "eu-west-1"]) { $1 })
        #expect(alone.status == 1 && alone.printed.contains("HOME /nonexistent, for no daemon runs"))
        #expect(alone.printed.contains("no credentials: found none"))
    }

    /// A program that gives no credentials holds up neither the daemon's answers nor its stop.
    @Test func anExaminationThatHangsHoldsNothingUp() async throws {
        let (folder, simulator, _) = try await Self.world()
        try folder.write("config", "[profile slow]\ncredential_process = /bin/sleep 600")
        let configuration = try folder.write(
            "slow.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(simulator.service)"
            profile = "slow"
            jobs = ["a"]
            """
        )
        let environment = Self.environment(folder).merging(["AWS_CONFIG_FILE": folder.path + "/config"]) { $1 }
        let daemon = try TestProcess("importwatchd", ["--config", configuration], environment: environment)
        try await daemon.waitUntil("the start") { daemon.printed.contains("started") }
        let asking = try TestProcess("importwatchctl", ["doctor", "--config", configuration])
        for _ in 0..<20 {
            let status = try TestProcess("importwatchctl", ["status", "--config", configuration])
            #expect(try await status.exitStatus() == 0)
        }
        let begun = ContinuousClock.now
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(ContinuousClock.now - begun < .seconds(10))
        #expect(try await asking.exitStatus() == 1)
    }

    @Test func triesAgainWhereTheServiceHasAMomentOfWeakness() async throws {
        let (folder, simulator, configuration) = try await Self.world()
        try simulator.change(#"{"faults": [{"kind": "error500", "times": 2}]}"#)
        let (status, sources, _) = try await Self.doctor(configuration, Self.environment(folder), ["--probe", "a"])
        #expect(status == 0)
        #expect(sources.first?["probe"]?["status"]?.string == "PROCESSING")
        try simulator.change(#"{"faults": [{"kind": "denied"}]}"#)
        let denied = try await Self.doctor(configuration, Self.environment(folder), ["--probe", "a"])
        #expect(denied.status == 1)
        #expect(denied.printed.contains("allow the action ses:GetImportJob"))
    }

    /// The configuration's own role, at a real STS.
    @Test(.timeLimit(.minutes(3))) func assumesTheRoleOfTheConfiguration() async throws {
        guard let server = try MotoServer(callsWithoutSignature: 1000) else {
            print("moto: skipped, not installed in .build/venv")
            return
        }
        let (folder, _, _) = try await Self.world()
        let configuration = try folder.write(
            "role.toml",
            """
            region = "eu-west-1"
            jobs = ["a"]
            role_arn = "arn:aws:iam::123456789012:role/watcher"
            """
        )
        var variables = Self.environment(folder)
        variables["AWS_ENDPOINT_URL_STS"] = server.url
        let (status, sources, printed) = try await Self.doctor(configuration, variables)
        #expect(status == 0, "\(printed)")
        let credentials = sources.first?["credentials"]
        #expect(
            credentials?["provider"]?.string
                == "role arn:aws:iam::123456789012:role/watcher, assumed with environment"
        )
        #expect(credentials?["expires_at"]?.string?.hasSuffix("Z") == true)
    }

    @Test func aBadConfigurationIsSaidAndExitsWithSix() async throws {
        let folder = try TemporaryFolder()
        let configuration = try folder.write("bad.toml", "regoin = \"eu-west-1\"\n")
        let tool = try TestProcess("importwatchctl", ["doctor", "--config", configuration])
        #expect(try await tool.exitStatus() == 6)
        #expect(tool.printed.contains("bad.toml:1:1"))
    }
}

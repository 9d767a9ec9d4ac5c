import Foundation
import ImportWatch
import Synchronization
import TestSupport
import Testing

/// Sources in every trouble that a service, credentials or the clock can make, and how they come out of it.
@Suite struct SourceGoldenTests {
    private static let scenario = """
        {"jobs": [
          {"id": "throttled-{n}", "count": 3, "region": "eu-west-1", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]},
          {"id": "down", "region": "eu-west-2", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]},
          {"id": "refused", "region": "eu-west-3", "records": 1000000000, "timeline": [{"status": "PROCESSING", "seconds": 1000000}]},
          {"id": "known", "region": "eu-central-1", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]},
          {"id": "keyless", "region": "us-east-1", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]},
          {"id": "program", "region": "us-west-1", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]}],
         "faults": [
          {"kind": "throttled", "region": "eu-west-1", "times": 1},
          {"kind": "error500", "region": "eu-west-2", "times": 3},
          {"kind": "denied", "region": "eu-west-3", "times": 1}]}
        """

    private static func configuration(skewed: String, picky: String) -> String {
        let sources = [
            ("throttled", "eu-west-1", ["throttled-0", "throttled-1", "throttled-2"], ""),
            ("down", "eu-west-2", ["down"], ""), ("refused", "eu-west-3", ["refused"], ""),
            ("none", "eu-north-1", ["none-0", "none-1", "none-2"], ""),
            ("found", "eu-central-1", ["known", "lost"], ""),
            ("keyless", "us-east-1", ["keyless"], "profile = \"keyless\""),
            ("program", "us-west-1", ["program"], "profile = \"program\""),
            ("unreachable", "us-east-2", ["unreachable"], "endpoint_url = \"http://127.0.0.1:1\""),
            ("skewed", "us-west-2", ["skewed"], "endpoint_url = \"\(skewed)\""),
            ("picky", "ap-south-1", ["picky"], "endpoint_url = \"\(picky)\"\npolling.not_found_grace = \"1h\""),
        ]
        let tables = sources.map { name, region, jobs, more in
            """
            [[source]]
            name = "\(name)"
            region = "\(region)"
            jobs = [\(jobs.map { "\"\($0)\"" }.joined(separator: ", "))]
            \(more)
            """
        }
        return """
            endpoint_url = "http://SES"
            [polling]
            requests_per_second = 50
            min_delay = "100ms"
            max_delay = "200ms"
            not_found_grace = "300ms"
            \(tables.joined(separator: "\n"))
            """
    }

    /// A service whose clock is an hour ahead until it is told to agree.
    private static func skewedService(_ agrees: Mutex<Bool>.Reference) throws -> LoopbackServer {
        try LoopbackServer { request in
            let date = Date().addingTimeInterval(agrees.value ? 0 : 3600)
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let headers = "Date: \(format.string(from: date))\r\n"
            let (status, body) =
                request.number == 0
                ? ("403 Forbidden", #"{"__type": "RequestTimeTooSkewed", "message": "too skewed"}"#)
                : ("200 OK", #"{"JobId": "skewed", "JobStatus": "PROCESSING"}"#)
            return .answerAndClose(LoopbackServer.answer(status, headers: headers, body: body))
        }
    }

    /// A job whose records count on.
    private static let moving = [
        (pattern: #""processed":[1-9]\d*"#, template: #""processed":COUNT"#),
        (pattern: #""records_per_second":\d[\d.]*"#, template: #""records_per_second":RATE"#),
        (pattern: #"(?m)^(refused +refused +PROCESSING +)\d+"#, template: "$1COUNT"),
    ]

    @Test func everyTrouble() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        let agrees = Mutex<Bool>.Reference(false)
        let skewed = try Self.skewedService(agrees)
        let picky = try LoopbackServer { _ in
            let body = #"{"__type": "BadRequestException", "message": "no such form of an ID"}"#
            return .answerAndClose(LoopbackServer.answer("400 Bad Request", body: body))
        }
        try world.configure(Self.configuration(skewed: skewed.address, picky: picky.address))
        let keys = #"""
            echo "{\"Version\": 1, \"AccessKeyId\": \"AKIDSIMULATOR\", \"SecretAccessKey\": \"simulator-secret\",\
             \"Expiration\": \"2100-01-01T00:00:00Z\"}"
            """#
        let program = try world.folder.write("program", keys)
        try world.folder.write(
            "config",
            "[profile keyless]\nregion = eu-west-1\n[profile program]\ncredential_process = sh \(program)\n"
        )
        let variables = [
            "AWS_CONFIG_FILE": world.folder.path + "/config", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        ]
        let daemon = try world.daemon(variables)
        let first: [(kind: JournalEntry.Kind, source: String)] = [
            (.sourceThrottled, "throttled"), (.endpointAvailable, "down"), (.credentialsAccepted, "refused"),
            (.noJobExists, "none"), (.jobLost, "found"), (.credentialsRefused, "keyless"),
            (.endpointUnavailable, "unreachable"), (.clockSkew, "skewed"), (.jobRefused, "picky"),
        ]
        for (kind, source) in first { try await world.wait(for: kind, "SES_SOURCE=\(source)", of: daemon) }
        agrees.value = true
        try await world.wait(for: .clockSkew, of: daemon, times: 2)
        try await daemon.waitUntil("polls with the program's keys") {
            try await world.simulator.statistics().requestsPerJob["program", default: 0] > 0
        }
        let settled = [
            #""throttled","region":"eu-west-1","health":"healthy","requests_per_second":50.0,"pace":50.0"#,
            #""id":"refused"[^}]*"records_per_second":\d"#,
        ]
        try await world.show(["status", "--json"], once: settled, and: Self.moving)
        try await world.show(["status"], and: Self.moving + Normalisation.tables)
        try await world.show(["doctor", "--json"])
        try await world.show(["doctor"])
        try world.check("sources-tool")
        try world.simulator.change(
            #"{"jobs": [{"id": "lost", "region": "eu-central-1", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}]}]}"#
        )
        try world.folder.write("program", "echo secret-store is down >&2; exit 3\n")
        daemon.signal(SIGHUP)
        try await world.wait(for: .credentialsRefused, "SES_SOURCE=program", of: daemon)
        try await world.wait(for: .jobFound, of: daemon)
        try world.folder.write("program", keys)
        daemon.signal(SIGHUP)
        try await world.wait(for: .credentialsAccepted, "SES_SOURCE=program", of: daemon)
        // Told anew after each reload.
        try await world.wait(for: .noJobExists, of: daemon, times: 3)
        try await daemon.stopsInTime()
        try world.checkJournal("sources-journal", and: [(#"job none-\d does"#, "job none-N does")])
    }
}

extension Mutex {
    /// A value that closures share.
    final class Reference: Sendable where Value: Sendable {
        private let mutex: Mutex<Value>

        init(_ value: Value) { mutex = Mutex(value) }

        var value: Value {
            get { mutex.withLock { $0 } }
            set { mutex.withLock { $0 = newValue } }
        }
    }
}

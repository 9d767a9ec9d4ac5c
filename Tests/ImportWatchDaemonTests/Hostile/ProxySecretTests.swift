import TestSupport
import Testing

extension Hostile {
    /// A proxy variable that is wrong in any way: the daemon says that it is, and shows none of its password.
    @Suite struct ProxySecretTests {
        private static let password = "pAsSw0rDofTheProxy"

        private static let proxies = [
            "u:\(password)@proxy.invalid:8O80", "http://u:\(password)@proxy.invalid:80:80",
            "socks5://u:\(password)@[::1:1080",
            "ftp://u:\(password)@127.0.0.1", "u:\(password)@127.0.0.1:1", "http://u:\(password)@ proxy",
            "\(password)@:::",
            "http://u:\(password)%zz@127.0.0.1:1/\(password)", "socks5h://u:\(password)@127.0.0.1:1", "\(password)",
            "http://\(password):\(password)", "https://u:p@\(password)@127.0.0.1:1",
        ]

        @Test(arguments: ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
        func noPartOfAPasswordIsShown(variable: String) async throws {
            for proxy in Self.proxies {
                let folder = try TemporaryFolder()
                let scheme = variable == "http_proxy" ? "http" : "https"
                let configuration = try folder.write(
                    "importwatchd.toml",
                    """
                    region = "eu-west-1"
                    endpoint_url = "\(scheme)://ses.invalid"
                    jobs = ["a"]
                    [polling]
                    requests_per_second = 100
                    min_delay = "100ms"
                    max_delay = "100ms"
                    """
                )
                var environment = Simulator.environment
                environment[variable] = proxy
                let daemon = try TestProcess("importwatchd", ["--config", configuration], environment: environment)
                try await daemon.waitFor("no usable answer")
                var shown = daemon.printed
                for command in [["status"], ["doctor", "--probe", "a"], ["check"]] {
                    let tool = try TestProcess(
                        "importwatchctl",
                        command + ["--config", configuration],
                        environment: environment
                    )
                    _ = try await tool.exitStatus()
                    shown += tool.printed
                }
                #expect(!shown.contains(Self.password), "\(variable)=\(proxy): \(shown)")
            }
        }
    }
}

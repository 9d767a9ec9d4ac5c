import Foundation
import Platform
import TestSupport
import Testing

@testable import WatchConfiguration

/// Input that no one writes in good faith: an answer, in bounded space, and never a crash.
@Suite struct HostileInputTests {
    @Test func emptyFileIsAConfigurationWithoutJobs() throws {
        #expect(MemoryFiles().complaints(bytes: []).count == 1)
        #expect(try MemoryFiles().load(bytes: []).configuration.sources == [])
    }

    @Test func tenMegabytesAreTooMuch() {
        let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: 10 << 20)
        #expect(MemoryFiles().complaints(bytes: bytes) == ["/etc/c.toml: longer than 4194304 bytes"])
    }

    @Test func binaryAndBytesOutsideUTF8AreSyntaxErrors() {
        for bytes: [UInt8] in [
            Array(0...255), [0], [0xFF, 0xFE, 0x61, 0x00], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5],
        ] {
            let said = MemoryFiles().complaints(bytes: bytes)
            #expect(said.count == 1 && said[0].hasPrefix("/etc/c.toml:1:"), "\(said)")
        }
    }

    @Test(arguments: [33, 300, 20_000, 400_000])
    func deepNestingIsRefusedBeforeTheParserSeesIt(_ depth: Int) {
        let keys = [String](repeating: "a", count: depth).joined(separator: ".")
        let quoted = [String](repeating: "\"a.b\"", count: depth).joined(separator: " . ")
        let open = String(repeating: "[", count: depth)
        let tables = String(repeating: "{a=", count: depth)
        for text in ["[\(keys)]", "[[\(keys)]]", "\(keys) = 1", "\(quoted) = 1", "a = \(open)", "a = \(tables)"] {
            let said = MemoryFiles().complaints(text)
            #expect(said.count == 1 && said[0].hasSuffix(": this nests too deeply"), "\(said)")
        }
    }

    @Test func thirtyTwoLevelsOfThirtyTwoPartsAreParsed() {
        let key = [String](repeating: "a", count: 32).joined(separator: ".")
        let text = String(repeating: "\(key) = {", count: 32) + String(repeating: "}", count: 32)
        #expect(MemoryFiles().complaints(text).contains("/etc/c.toml:1:1: unknown key \"a\""))
    }

    @Test func dotsInStringsAndCommentsAreNoNesting() {
        let dots = String(repeating: ".[{", count: 100)
        let text = """
            # \(dots)
            profiles = ["\(dots)", '\(dots)\\', \"""\(dots)
            \\" \(dots)\"""\"", '''\(dots)''']  # \(dots)
            """
        #expect(NestingLimit.firstExcess(in: Array(text.utf8)) == nil)
        #expect(
            MemoryFiles().complaints(text).last
                == "/etc/c.toml:2:1: unknown key \"profiles\"; did you mean \"profile\"?"
        )
    }

    @Test func aHundredThousandUnknownKeysMakeAThousandComplaints() {
        let text = "jobs = [\"a\"]\n" + (0..<100_000).map { "key_\($0) = 1\n" }.joined()
        let said = MemoryFiles().complaints(text)
        #expect(said.count == ComplaintCollector.limit + 1)
        #expect(said.last == "/etc/c.toml:1:1: 99000 more errors are not shown")
    }

    @Test func theLargestAndSmallestNumbersAreTaken() {
        for number in ["9223372036854775807", "-9223372036854775808", "1e308", "-0.0", "5e-324"] {
            let said = MemoryFiles().complaints("jobs = [\"a\"]\n[polling]\nrequests_per_second = \(number)\n")
            #expect(said.allSatisfy { $0.contains("must be above 0 and at most 1000") }, "\(said)")
        }
        for number in ["9223372036854775807", "-9223372036854775808"] {
            let said = MemoryFiles().complaints(
                "[[webhook]]\nconcurrency = \(number)\n[polling]\nmin_delay = \(number)\n"
            )
            #expect(said.contains("/etc/c.toml:2:15: webhook.concurrency must be from 1 to 64, not \(number)"))
            #expect(said.contains { $0.hasPrefix("/etc/c.toml:4:13: polling.min_delay must be a duration in quotes") })
        }
    }

    @Test func whatIsNoFileOrMissingIsUnreadable() throws {
        let folder = try TemporaryFolder()
        let loader = ConfigurationLoader(files: LocalFiles(), environment: [:])
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        for (path, reason) in [
            (folder.path, "is a directory, not a file"), (pipe, "is no regular file"),
            (folder.path + "/none.toml", "no such file"), ("/dev/zero", "is no regular file"),
            (folder.path + "/none/none.toml", "no such file"),
        ] {
            #expect(throws: ConfigurationError.unreadable(path: path, reason: "\(path): \(reason)")) {
                try loader.load(path: path)
            }
        }
    }

    @Test func lackOfPermissionIsTold() {
        let files = MemoryFiles(errors: ["/etc/c.toml": .permissionDenied(path: "/etc/c.toml")])
        #expect(throws: ConfigurationError.permissionDenied(path: "/etc/c.toml")) {
            try ConfigurationLoader(files: files, environment: [:]).load(path: "/etc/c.toml")
        }
    }

    @Test func namedFilesThatArePipesOrFoldersAreErrorsWithAPlace() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        let path = try folder.write(
            "c.toml",
            """
            jobs_files = ["pipe", "."]
            [[webhook]]
            name = "ops"
            url_file = "pipe"
            secret_file = "pipe"
            ca_file = "pipe"
            """
        )
        #expect {
            try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path)
        } throws: { error in
            guard case .invalid(let complaints) = error as? ConfigurationError else { return false }
            return complaints.map(\.line) == [1, 1, 4, 5, 6]
        }
    }
}

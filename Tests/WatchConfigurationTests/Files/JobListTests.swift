import Foundation
import ImportWatch
import Platform
import TestSupport
import Testing

@testable import WatchConfiguration

/// The files that `jobs_files` names.
@Suite struct JobListTests {
    private func jobs(_ list: [UInt8]) throws -> [String] {
        let files = MemoryFiles(contents: ["/etc/a.list": list])
        return try files.load("jobs_files = [\"a.list\"]\n").configuration.sources.flatMap(\.jobs)
    }

    @Test func marksBlanksCommentsAndLineEndsAreTolerated() throws {
        #expect(try jobs(Array("\u{FEFF}a\r\n\tb \t# c\n\n  \r\n#d\n   e   ".utf8)) == ["a", "b", "e"])
        #expect(try jobs([]) == [])
        #expect(try jobs(Array("\u{FEFF}".utf8)) == [])
        #expect(try jobs(Array("\n\n\n".utf8)) == [])
        #expect(try jobs(Array("a b\nü\n".utf8)) == ["a b", "ü"])
    }

    @Test func aHundredThousandIDsAreKeptInOrder() throws {
        let ids = (0..<100_000).map { "6f0c4f8e-0d3b-4f9a-9a55-\($0)" }
        #expect(try jobs(Array(ids.joined(separator: "\n").utf8)) == ids)
    }

    @Test func aRepeatedIDIsSaidOnceWithItsFirstPlace() throws {
        let files = MemoryFiles(contents: ["/etc/a.list": Array("b\na\na\n".utf8), "/etc/b.list": Array(" a\nb".utf8)])
        let (configuration, warnings) = try files.load("jobs = [\"a\"]\njobs_files = [\"a.list\", \"b.list\"]\n")
        #expect(configuration.sources.map(\.jobs) == [["a", "b"]])
        #expect(
            warnings.map(\.description) == [
                "/etc/a.list:2:1: warning: job a is listed already at /etc/c.toml:1:9",
                "/etc/b.list:2:1: warning: job b is listed already at /etc/a.list:1:1",
            ]
        )
    }

    @Test func sourcesOfDifferentRegionsMayWatchTheSameID() throws {
        let text = "jobs = [\"a\"]\n[[source]]\nname = \"us\"\nregion = \"us-east-1\"\njobs = [\"a\"]\n"
        let (configuration, warnings) = try MemoryFiles().load(text)
        #expect(configuration.sources.map(\.jobs) == [["a"], ["a"]])
        #expect(warnings == [])
    }

    @Test func aFileThatTwoEntriesMatchIsReadOnce() throws {
        let files = MemoryFiles(
            contents: ["/etc/a.list": Array("a\n".utf8)],
            matches: ["/etc/*.list": ["/etc/a.list"]]
        )
        let (configuration, warnings) = try files.load("jobs_files = [\"a.list\", \"*.list\", \"/etc/a.list\"]\n")
        #expect(configuration.sources.map(\.jobs) == [["a"]])
        #expect(warnings == [])
    }

    @Test func moreThanTheLimitIsOneError() {
        let collector = ComplaintCollector(path: "/etc/c.toml")
        var merger = JobMerger(source: "us", limit: 3, collector: collector)
        let isNew = merger.begin("/etc/a.list")
        #expect(isNew)
        for (line, id) in ["a", "b", "a", "c", "d", "e"].enumerated() {
            merger.add(id, at: Position(line: line + 1, column: 1))
        }
        #expect(merger.ids == ["a", "b", "c"])
        #expect(merger.isFull)
        #expect(
            collector.sorted.map(\.description) == [
                "/etc/a.list:3:1: warning: job a is listed already at /etc/a.list:1:1",
                "/etc/a.list:5:1: the source us has more than 3 jobs",
            ]
        )
        #expect(JobLists.countLimit == 1_000_000)
        #expect(JobLists.sizeLimit == 64 << 20)
    }

    @Test func aFullOfRubbishMakesAThousandComplaints() {
        let files = MemoryFiles(contents: ["/etc/a.list": Array(String(repeating: "..\n", count: 5000).utf8)])
        let said = files.complaints("jobs_files = [\"a.list\"]\n")
        #expect(said.count == ComplaintCollector.limit + 1)
        #expect(said.last == "/etc/c.toml:1:1: 4000 more errors are not shown")
    }

    @Test func aListThatIsTooLongIsAnError() {
        let error = FileError.tooLarge(path: "/etc/a.list", limit: JobLists.sizeLimit)
        let said = MemoryFiles(errors: ["/etc/a.list": error]).complaints("jobs_files = [\"a.list\"]\n")
        #expect(said == ["/etc/c.toml:1:15: jobs_files: /etc/a.list: longer than 67108864 bytes"])
    }

    @Test func aFolderThatMayNotBeReadIsNotTakenForAnEmptyOne() {
        let files = MemoryFiles(errors: ["/etc/jobs.d/.": .permissionDenied(path: "/etc/jobs.d/.")])
        let said = files.complaints("jobs_files = [\"jobs.d/*.list\"]\n")
        #expect(said.count == 1 && said[0].hasPrefix("/etc/c.toml:1:15: jobs_files: /etc/jobs.d/.: permission denied"))
    }

    @Test func aMatchThatGoesAwayMeanwhileIsNoError() throws {
        let files = MemoryFiles(matches: ["/etc/*.list": ["/etc/gone.list"]])
        #expect(try files.load("jobs_files = [\"*.list\"]\n").configuration.sources.map(\.jobs) == [[]])
    }

    @Test func patternsMatchBelowAFolderWithStrangeCharacters() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a[b]*c\\d/c.toml", "jobs_files = [\"jobs.d/[ab].list\"]\n")
        try folder.write("a[b]*c\\d/jobs.d/b.list", "second\n")
        try folder.write("a[b]*c\\d/jobs.d/a.list", "first\n")
        try folder.write("a[b]*c\\d/jobs.d/c.list", "third\n")
        let configuration = try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path)
            .configuration
        #expect(configuration.sources.map(\.jobs) == [["first", "second"]])
    }
}

import ImportWatch
import TestSupport
import Testing

@testable import WatchConfiguration

/// A secret at every kind of place in a configuration, damaged in every way: no complaint shows it, nor does the line that
/// `check` shows below one.
@Suite struct PlantedSecretTests {
    private static let secret = "Zq7Lk4xW9pT0mB3vR8yH2nD6cF1g"

    /// Configurations with `@` where the secret stands, which is whole in each case of the second kind.
    private static let places = [
        "url = \"https://hooks.example.com/@\"", "url = \"https://u:@@hooks.example.com/\"", "url = \"@\"",
        "url = https://hooks.example.com/@", "url = [\"@\"]", "secret = \"@\"", "secret = \"whsec_@\"",
        "secrets = [\"@\"]",
        "token = '@'", "password = @", "\"@\" = 1", "\"Bearer @\" = 1", "'@' = '@'", "@ = 1", "x.\"@\".y = 1",
        "headers = { Authorization = \"Bearer @\" }", "headers = { \"Authorization: Bearer @\" = \"x\" }",
        "headers = { X-Key = \"@\\n\" }", "headers = { \"@\" = 5 }", "headers = { @ = \"a\", @ = \"b\" }",
        "headers = \"@\"", "headers = { X-Key = \"@\"", "[webhook.headers]\nX-Key = \"@\"\nx-key = \"@\"",
        "headers = { x = \"\"\"\n@\n\"\"\" }", "token = \"\"\"\nfirst\n@", "token = '''\nurl = \"@\"\n'''",
        "token = \"\"\"a \\\n   @ \\\n\"\"\"", "format = \"@\"", "events = [\"@\"]", "timeout = \"@\"",
        "concurrency = \"@\"",
        "[metrics]\ntextfile = \"/var/@/x\\u0001\"", "[state]\npostgresql = \"postgresql://u:@@db/x\"",
        "[state]\n\"@\" = 1\n\"@\" = 2", "[\"@\"]\n[\"@\"]", "[@]\n[[@]]", "[polling]\nstrategy = \"@\"\nmin_delay = @",
        "[[source]]\nname = \"@!\"\nregion = \"@\"", "[[source]]\nrole_arn = \"arn:@\"\nprofile = \"@]\"",
        "[[source]]\nendpoint_url = \"https://u:@@example.com?x=@\"", "# the secret is @", "t@ = true", "a = t@",
        "a = 1979-@",
        "a = 0x@", "a = 1@", "a = '@'@", "a = { b = \"@\" }\na.\"@\" = 1\n[a.\"@\"]", "a = \"\\@\"", "a = \"\\u@\"",
    ]
    private static let wholePlaces = [
        "secret_file = \"@\"", "url_file = \"@\"", "ca_file = \"@\"", "secret_file = \"@/@\"",
        "secret_file = 'secrets'",
        "url_file = 'address'", "[[source]]\nname = \"b\"\njobs = [\"@\", \"@\"]",
        "[[source]]\nname=\"b\"\njobs_files=[\"@\"]",
        "[[source]]\nname = \"b\"\njobs_files = [\"jobs.list\"]",
    ]

    private static let tokens = [
        "\"", "'", "\"\"\"", "'''", "=", "[", "]", "{", "}", ",", "#", "\n", "\\", ".", " ", "\u{0}", "\u{7F}",
        "\u{9B}",
        "é", "jobs", "= 1", "saw '", "url = ", "\r",
    ]

    private static var files: MemoryFiles {
        let files = MemoryFiles()
        files.contents["/etc/secrets"] = Array("whsec_\(secret)!\n\(secret)\n".utf8)
        files.contents["/etc/address"] = Array("https://u:\(secret)@hooks.example.com/\(secret)\n".utf8)
        files.contents["/etc/jobs.list"] = Array("\(secret)\n\(secret)\nhttps://h.example/\(secret)\n..\n".utf8)
        return files
    }

    /// Whether six characters of the secret in a row are shown.
    private static func shows(_ text: String) -> Bool {
        let bytes = Array(secret.utf8)
        return (0...(bytes.count - 6)).contains { start in
            text.utf8.count >= 6 && text.contains(String(decoding: bytes[start..<(start + 6)], as: UTF8.self))
        }
    }

    private func check(_ text: String, _ place: String) -> Int {
        var complaints: [Complaint] = []
        do throws(ConfigurationError) {
            complaints = try Self.files.load(text).warnings
        } catch {
            if case .invalid(let found) = error { complaints = found }
        }
        for complaint in complaints {
            #expect(!Self.shows("\(complaint) \(complaint.key ?? "")"), "\(place): \(complaint)\n\(text)")
        }
        // Whichever line a complaint is about.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let masked = MaskedLine.text(String(line))
            #expect(!Self.shows(masked), "\(place): \(masked)")
            #expect(masked.unicodeScalars.count == min(200, line.unicodeScalars.count))
        }
        return complaints.count
    }

    private static func text(_ place: String) -> String {
        """
        region = "eu-west-1"
        jobs = ["a"]
        [[webhook]]
        name = "ops"
        \(place.replacing("@", with: secret))
        [polling]
        min_delay = "5s"

        """
    }

    @Test func noComplaintShowsASecretWhereverItStands() {
        var random = SeededGenerator(seed: 8)
        var complaints = 0
        for place in Self.places + Self.wholePlaces {
            let original = Array(Self.text(place).unicodeScalars)
            complaints += check(Self.text(place), place)
            let whole = Self.wholePlaces.contains(place)
            for _ in 0..<60 {
                var text = original
                for _ in 0..<Int.random(in: 1...3, using: &random) { Self.damage(&text, whole: whole, &random) }
                complaints += check(String(String.UnicodeScalarView(text)), place)
            }
        }
        #expect(complaints > 3000)
    }

    private static func damage(_ text: inout [Unicode.Scalar], whole: Bool, _ random: inout SeededGenerator) {
        let at = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, at + Int.random(in: 1...3, using: &random))
        // Half of a name of a file, or of a job's ID, is a name like others.
        let near = String(String.UnicodeScalarView(text[max(0, at - 30)..<min(text.count, at + 31)]))
        if whole, near.contains(where: { $0.isNumber }), !near.contains("eu-west") { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: text.removeSubrange(at..<end)
        case 1: text.removeLast(text.count - at)
        case 2: text.insert(contentsOf: text[at..<end], at: at)
        default: text.insert(contentsOf: (tokens.randomElement(using: &random) ?? "").unicodeScalars, at: at)
        }
    }

    @Test func aLineKeepsItsShapeAndWhatCanBeNoSecret() {
        let lines = [
            ("min_delay = 5s # tok", "min_delay = 5s # ***"),
            ("polling.max_delay = \"2m\"", "polling.max_delay = \"2m\""),
            ("  [[webhook]]", "  [[webhook]]"), ("events = [\"failed\", \"lsot\"]", "events = [\"failed\", \"****\"]"),
            ("discover\t= ture", "discover = ****"), ("secret = 12345", "****** = *****"),
            ("headers = { X-Pin = 1234 }", "headers = { ***** = **** }"), ("url = https://a/b", "url = ***********"),
            ("jobs = [\"6f0c\"]", "jobs = [\"****\"]"), ("é = 'ü'", "* = '*'"),
        ]
        for (line, masked) in lines { #expect(MaskedLine.text(line) == masked) }
    }

    @Test func whatIsWrittenLikeAWordIsQuoted() {
        let complaints = MemoryFiles().complaints("jobs = [\"a\"]\ncolour = 1\nminDelay = 2\npass123 = 3\n")
        #expect(complaints.contains("/etc/c.toml:2:1: unknown key \"colour\""))
        #expect(complaints.contains("/etc/c.toml:4:1: unknown key \"[redacted]\""))
    }
}

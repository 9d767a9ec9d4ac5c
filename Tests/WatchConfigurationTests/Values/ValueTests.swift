import Testing

@testable import WatchConfiguration

/// The small grammars inside strings.
@Suite struct ValueTests {
    @Test func durationsAreWholeNumbersWithAUnit() {
        let good: [(String, Duration)] = [
            ("500ms", .milliseconds(500)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("24h", .seconds(86_400)),
            ("0s", .zero), ("007s", .seconds(7)), ("878400h", .seconds(878_400 * 3600)),
        ]
        for (text, duration) in good { #expect(DurationText.parse(text) == duration, "\(text)") }
        for text in [
            "", "5", "s", "ms", "5 s", " 5s", "5s ", "5S", "+5s", "-5s", "1.5s", "1h30m", "5d", "٥s", "5sec", "878401h",
            "999999999999h", "99999999999999999999s", "5\u{0}s", "5s\u{301}",
        ] {
            #expect(DurationText.parse(text) == nil, "\(text)")
        }
    }

    @Test func durationsAreWrittenInTheLargestUnitThatFits() {
        for text in ["1ms", "999ms", "5s", "90s", "2m", "24h", "0s", "61m"] {
            #expect(DurationText.parse(text).map(DurationText.render) == text)
        }
        #expect(DurationText.render(.seconds(3600)) == "1h")
    }

    @Test func suggestionsAreForSlipsOfThePenOnly() {
        let words = ["min_delay", "max_delay", "strategy"]
        for word in ["min_dealy", "mindelay", "MIN_DELAY", "min_delays", "imn_delay"] {
            #expect(Suggestion.nearest(to: word, among: words) == "min_delay", "\(word)")
        }
        for word in ["", "x", "delay", "colour", String(repeating: "min_delay", count: 1000)] {
            #expect(Suggestion.nearest(to: word, among: words) == nil, "\(word.prefix(20))")
        }
    }

    @Test func onlyTheMachineItselfIsNotRemote() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1", "127.255.1.2:9", "[::1]", "[::1]:80", "a.localhost"] {
            #expect(!WebAddress.isPlainAndRemote("http://\(host)/x"), "\(host)")
        }
        for host in ["localhost.example.com", "127.example.com", "127.0.0.1.example.com", "10.0.0.1", "[::2]", "a"] {
            #expect(WebAddress.isPlainAndRemote("http://\(host)/x"), "\(host)")
            #expect(!WebAddress.isPlainAndRemote("https://\(host)/x"), "\(host)")
        }
    }

    @Test func rolesAreTakenInEveryPartition() {
        for role in [
            "arn:aws:iam::111122223333:role/a", "arn:aws-cn:iam::111122223333:role/path/to/a",
            "arn:aws-us-gov:iam::111122223333:role/A+=,.@_-9",
        ] {
            #expect(AWSNames.isRoleARN(role), "\(role)")
        }
    }

    @Test func messagesAreOneLineWithoutSecrets() {
        #expect("a\u{7}b\r\nc\u{202E}\u{2028}".printable() == "a\u{FFFD}b\u{FFFD}\u{FFFD}c\u{FFFD}\u{FFFD}")
        #expect("https://hooks.example.com/hidden".printable() == "https://hooks.example.com[redacted]")
        #expect(String(repeating: "ü", count: 100).printable().count == 65)
    }

    @Test func aClosingQuoteEndsALongString() {
        let deep = String(repeating: "[", count: 40)
        for text in [
            "a = \"\"\"x\"\"\"\"\"\n", "a = '''x''''\n", "a = \"\"\n", "a = \"\\\\\"\n", "a = \"\"\"\\\"\"\"\"\n",
        ] {
            #expect(NestingLimit.firstExcess(in: Array(text.utf8)) == nil)
            let position = NestingLimit.firstExcess(in: Array((text + "b = " + deep).utf8))
            #expect(position == Position(line: 2, column: 37), "\(text)")
        }
    }
}

import TestSupport
import Testing

@testable import ImportWatch

/// Redaction hides what the plain rule hides, and its work grows no faster than the text.
@Suite struct RedactionWorkTests {
    /// Signs of secrets, escapes whole and in part, and what ends or joins them.
    private static let pieces = [
        "\\", "\\\\", "%", "%25", "%2525", "\\u005c", "\\\\u005C", "%5c", "%5C", "\\/", "/", "\\u", "\\u00", "%2",
        "%2f",
        "%41", "%61", "\\u0061", "%68", "\\u0068", "h", "t", "p", "s", "http", "https", ":", "//", "http://",
        "https://",
        "%3a%2F%2f", "\\u003a", "@", "%40", "?", "#", "akia", "AKIA", "asia", "ASIAIOSFODNN7EXAMPLE",
        "IOSFODNN7EXAMPLE",
        "a", "x", "X-Amz-", "x-amz-signature", "X-Amz-Credential", "x-amz-security-token", "aws_secret_access_key",
        "aws_s", "aws_session_token", "SecretAccessKey", "sessiontoken", "whsec_", "whsk_", "w", "%77", "=", "%3D", "&",
        " ", "\t", "\n", "\"", "'", "<", ">", "LEAK", "é", "\u{301}", "0", "-", "_", "[", "]", ".", "%c3", "\u{FFFD}",
    ]

    @Test func itHidesWhatThePlainRuleHides() {
        var random = SeededGenerator(seed: 20_261_125)
        for _ in 0..<6000 {
            // A few pieces at a time, so that they meet in many ways.
            let some = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in
                Self.pieces.randomElement(using: &random)
            }
            let text = (0..<Int.random(in: 0...24, using: &random))
                .compactMap { _ in some.randomElement(using: &random) }.joined()
            #expect(Redaction.redact(text) == SlowRedaction.redact(text), "\(text.debugDescription)")
        }
    }

    private static let repeated = [
        "\\", "%25", "%", "\\u005c", "%5c", "\\u0025", "%5c\\", "\\%5c", "\\u005c%25", "h", "http://", "http://a",
        "https://a:", "https://a ", "%68ttp://a", "akia", "AKIA ", "%41akia", "x-amz-", "x-amz-signature",
        "x-amz-signature ", "sessiontoken\"", "sessiontoken=", "sessiontoken=\" ", "aws_secret_access_key",
        "aws_secret_access_key : ", "aws_secret_aws_secret_", "whsec_", "whsec_ ", "=", " : \"", "é", "\u{301}",
        "a\u{300}", "🇩🇪", "\\u0073essiontoken", "\\u002f", "%2f", "@", "https://\"", "https:\\/\\/",
    ]

    /// Texts of a length that a few bytes repeated make up, and halves of two that meet in the middle.
    private static func shapes(_ length: Int) -> [String] {
        func filled(_ piece: String, _ length: Int) -> String {
            String(repeating: piece, count: max(1, length / piece.utf8.count))
        }
        let starts = ["", "https://", "sessiontoken", "sessiontoken=", "akia", "whsec_", "aws_secret_access_key"]
        let whole = repeated.flatMap { piece in starts.map { $0 + filled(piece, length) } }
        let first = ["\\", "%25", "\\u005c", "%5c", "aws_secret_access_key"]
        let second = [
            "u0068ttps://", "68ttp://", "u0073essiontoken", "73essiontoken", "u0061kia", "61kia", "u0077hsec_", "u005c",
        ]
        let halves = first.flatMap { run in
            second.flatMap { sign in
                ["a", " ", "\"", ":", "\\", "="].map { filled(run, length / 2) + sign + filled($0, length / 2) + " " }
            }
        }
        return whole + halves
    }

    private func steps(_ text: String) -> Int {
        var scan = SecretScan(Array(text.utf8), isCut: false)
        _ = scan.redacted()
        return scan.steps
    }

    @Test func twiceTheTextIsAtMostTwiceTheWork() {
        for (short, long) in zip(Self.shapes(2000), Self.shapes(4000)) {
            let (few, many) = (steps(short), steps(long))
            #expect(many <= 6 * long.utf8.count, "\(short.prefix(40)): \(many) steps")
            #expect(Double(many) <= 2.6 * Double(few) + 100, "\(short.prefix(40)): \(few), then \(many) steps")
        }
        // The same for random mixtures, from which no shape was thought of.
        var random = SeededGenerator(seed: 13)
        for _ in 0..<300 {
            let some = (0..<3).compactMap { _ in Self.pieces.randomElement(using: &random) }
            let text = (0..<500).compactMap { _ in some.randomElement(using: &random) }.joined()
            #expect(steps(text) <= 6 * text.utf8.count, "\(some)")
        }
    }

    /// A megabyte of what took minutes: not to be waited for.
    @Test func aMegabyteIsRedactedAtOnce() {
        for piece in ["\\", "%25", "\\u005c", "x-amz-signature", "https://a"] {
            let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
            #expect(steps(text) <= 6 * text.utf8.count)
        }
    }

    @Test func aCutShowsNoPartOfASecret() {
        let texts = [
            "see https://user:LEAKLEAK@example.com/x", "see https://LEAKLEAKLEAK%40example.com",
            "key AKIALEAKLEAKLEAKLEAK",
            "aws_secret_access_key = LEAKLEAK", "https%3A%2F%2FLEAK%3ALEAK%40example.com", "é whsec_LEAKLEAK",
        ]
        for text in texts {
            for limit in 0..<text.utf8.count {
                let shown = Redaction.redact(text, cutAt: limit)
                #expect(!shown.contains("LEA") && !shown.contains("\u{FFFD}"), "\(limit): \(shown)")
                #expect(shown.hasSuffix("…"))
            }
        }
        #expect(
            Redaction.redact("see https://example.com/a and more", cutAt: 29)
                == "see https://example.com[redacted] and…"
        )
        #expect(Redaction.redact("short", cutAt: 5) == "short")
        #expect(BoundedText.redacted(String(repeating: "\\", count: 1 << 20), limit: 100).utf8.count <= 100)
    }
}

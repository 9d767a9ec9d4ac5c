import ImportWatch
import TestSupport
import Testing

/// No entry holds what journalctl shows as `[83B blob data]`.
@Suite struct PrintableTextTests {
    /// systemd's `utf8_is_printable_newline()`, as it judges each code point of a valid UTF-8 text.
    private func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let value = scalar.value
            let isControl = value < 0x20 && value != 0x09 && value != 0x0A || (0x7F...0x9F).contains(value)
            let isValid = value < 0x110000 && !(0xFDD0...0xFDEF).contains(value) && value & 0xFFFE != 0xFFFE
            return !isControl && isValid
        }
    }

    private func entry(_ text: String) -> JournalEntry {
        JournalEntry(kind: .jobFailed, priority: .error, message: "job a: \(text).", fields: [.errorMessage: text])
    }

    @Test func everyCodePointOfAMessageIsShownAsText() {
        // In messages of 4,096 code points each, so that the test is soon done.
        for start in stride(from: UInt32(0), to: 0x11_0000, by: 4096) {
            let scalars = (start..<(start + 4096)).compactMap(Unicode.Scalar.init)
            let entry = entry(String(String.UnicodeScalarView(scalars)))
            #expect(isPrintable(entry.message) && isPrintable(entry.fields[.errorMessage] ?? "\0"), "from \(start)")
        }
    }

    @Test func whatIsReplacedIsOneCharacterAndTheRestStays() {
        // A literal can't hold code points that are no characters.
        let reserved = [0xFFFE, 0x1_FFFF, 0xFDD0].compactMap(Unicode.Scalar.init(_:)).map(String.init).joined()
        let entry = entry("a\u{7}b\0c\u{9B}31md\tg\nh\r\ni\u{FEFF}é🇩🇪\u{E000}" + reserved)
        let shown = "a\u{FFFD}b\u{FFFD}c\u{FFFD}31md\tg\nh \ni\u{FEFF}é🇩🇪\u{E000}\u{FFFD}\u{FFFD}\u{FFFD}"
        #expect(entry.fields[.errorMessage] == shown)
    }

    @Test func aControlCharacterInsideASecretShowsNoneOfIt() {
        #expect(entry("x-amz-signature=AB\u{7}LEAK\u{9F}LEAK end").message == "job a: x-amz-signature=[redacted] end.")
    }

    @Test func aLongTextIsCutOff() {
        let entry = entry(String(repeating: "é", count: 1 << 20))
        #expect(entry.message.utf8.count < 17_000 && entry.message.hasSuffix("…"))
    }
}

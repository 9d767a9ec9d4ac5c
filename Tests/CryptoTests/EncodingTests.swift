import Crypto
import Foundation
import Testing

@Suite struct EncodingTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64KnowsItsVectors(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func base64AgreesWithFoundation() {
        for length in 0..<256 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            let encoded = Data(bytes).base64EncodedString()
            #expect(Base64.encode(bytes) == encoded)
            #expect(Base64.decode(encoded) == bytes)
        }
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zm9v\n", " Zm9v", "Zm-v", "Zm_v", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm9vé"])
    func base64IsStrict(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func hexadecimalGoesBothWays() {
        #expect(Hexadecimal.encode([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(Hexadecimal.decode("000Fa5fF") == [0x00, 0x0F, 0xA5, 0xFF])
        #expect(Hexadecimal.decode("") == [])
        for bad in ["0", "0g", "é", " 0"] { #expect(Hexadecimal.decode(bad) == nil) }
    }
}

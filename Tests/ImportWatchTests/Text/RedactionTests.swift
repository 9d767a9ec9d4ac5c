import ImportWatch
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        ("see https://hooks.example.com/services/T0/B0/token now", "see https://hooks.example.com[redacted] now"),
        ("https://user:password@example.com/x", "https://[redacted]"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&x=1", "https://b.s3.amazonaws.com[redacted]"),
        ("https%3A%2F%2Fb.s3.amazonaws.com%2Fk%3FX-Amz-Signature%3Dabc", "https%3A%2F%2Fb.s3.amazonaws.com[redacted]"),
        (#"{"u":"https:\/\/h.example\/p?q=1"}"#, #"{"u":"https:\/\/h.example[redacted]"}"#),
        ("x-amz-security-token=FwoGZXIvYXdzEBY rest", "x-amz-security-token=[redacted] rest"),
        ("X-AMZ-SIGNATURE=00ff&a=b", "X-AMZ-SIGNATURE=[redacted]&a=b"),
        ("key AKIAIOSFODNN7EXAMPLE failed", "key [redacted]MPLE failed"),
        ("ASIAIOSFODNN7EXAMPLE", "[redacted]MPLE"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.", "secret whsec_[redacted]."),
        ("x%2Damz%2dsignature%253DLEAK!", "x%2Damz%2dsignature%253D[redacted]"),
        (#"{"X-Amz-Signature" : "LEAK"}"#, #"{"X-Amz-Signature" : "[redacted]"}"#),
        (#"{\"X-Amz-Credential\":\"LEAK/x\"}"#, #"{\"X-Amz-Credential\":\"[redacted]"}"#),
        (#"\u0058-amz-credential\u003dLEAK&a"#, #"\u0058-amz-credential\u003d[redacted]&a"#),
        (
            "<X-Amz-Security-Token>LEAK</X-Amz-Security-Token>",
            "<X-Amz-Security-Token>[redacted]</X-Amz-Security-Token>"
        ),
        ("https%253A%252F%252Fb.example%252Fk%253Fx", "https%253A%252F%252Fb.example[redacted]"),
        ("https%3A%2F%2FLEAK%40example.com%2Fx y", "https%3A%2F%2F[redacted] y"),
        ("HTTPS://EXAMPLE.COM/LEAK", "HTTPS://EXAMPLE.COM[redacted]"),
        ("a%3DAKIAIOSFODNN7EXAMPLE", "a%3D[redacted]MPLE"),
        ("whsec%5FTWZLUTlyOEdLWXFyVHdqVVBE", "whsec%5F[redacted]"),
        ("aws_secret_access_key = LEAK", "aws_secret_access_key = [redacted]"),
        (#""SessionToken": "LEAK""#, #""SessionToken": "[redacted]""#),
        ("XAKIAIOSFODNN7EXAMPLE and x-amz-signature alone", "XAKIAIOSFODNN7EXAMPLE and x-amz-signature alone"),
        ("100% of https:// is fine, so is a\\", "100% of https:// is fine, so is a\\"),
        ("nothing of the kind: http and s3://bucket/key", "nothing of the kind: http and s3://bucket/key"),
        ("no connection to https://example.com: refused", "no connection to https://example.com: refused"),
    ])
    func replacesSecrets(text: String, expected: String) {
        #expect(Redaction.redact(text) == expected)
    }

    @Test func entriesAreRedactedWhereverTheyComeFrom() {
        let entry = JournalEntry(
            kind: .jobFailed,
            priority: .error,
            message: "failed, see https://x.example/a?token=1",
            fields: [.errorMessage: "AKIAIOSFODNN7EXAMPLE"]
        )
        #expect(entry.message == "failed, see https://x.example[redacted]")
        #expect(entry.fields[.errorMessage] == "[redacted]MPLE")
    }
}

import TestSupport
import Testing

@testable import AWS

@Suite struct XMLElementsTests {
    private func read(_ text: String) throws -> XMLElements { try XMLElements(Array(text.utf8)) }

    @Test func readsTextsByPath() throws {
        let xml = try read(
            """
            <?xml version="1.0"?><!-- c --><a:r xmlns:a="u" x='>'> <b>1 &lt;&#65;&#x42;&quot;</b><b>2</b>\
            <c/><d><![CDATA[<&>]]></d></a:r>
            """
        )
        #expect(xml["r/b"] == "1 <AB\"")
        #expect(xml["r/c"] == "")
        #expect(xml["r/d"] == "<&>")
        #expect(xml["r/e"] == nil)
    }

    @Test(arguments: [
        "", "text", "<", "<a", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#xD800;</a>",
        "<a>&amp</a>",
        "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a><!-- </a>", "<a><![CDATA[ </a>", "<a x=\"></a>", "< a></ a>",
    ])
    func refusesWhatIsNotWellFormed(_ text: String) {
        #expect(throws: XMLElements.Problem.self) { try read(text) }
    }

    @Test func deepNestingIsRefused() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: XMLElements.Problem.self) { try read(deep) }
    }

    @Test func changedTextsNeverCrash() {
        let good = Array("<r><b x=\"1\">t&amp;&#65;</b><![CDATA[z]]><c/></r>".utf8)
        var random = SeededGenerator(seed: 3)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<2 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if (try? XMLElements(bytes)) != nil { read += 1 }
        }
        #expect(read > 100 && read < 20_000)
    }
}

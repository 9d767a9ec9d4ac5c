import Testing

@testable import AWS

/// What an answer of STS can't be is refused before it makes work.
@Suite struct XMLWorkTests {
    @Test func longNamesAndVeryManyElementsAreRefused() throws {
        func document(_ name: String, count: Int) -> [UInt8] {
            Array("<\(name)>\(String(repeating: "<a/>", count: count))</\(name)>".utf8)
        }
        _ = try XMLElements(document(String(repeating: "n", count: 128), count: 999))
        for (name, count) in [(String(repeating: "n", count: 500_000), 100_000), ("n", 1000), ("n", 250_000)] {
            #expect(throws: XMLElements.Problem.self) { try XMLElements(document(name, count: count)) }
        }
    }
}

import Crypto
import Foundation
import ImportWatch
import JSON
import TestSupport
import Testing

@testable import AWS

/// The header cases of AWS's public Signature Version 4 suite, from the raw request to the signed one.
@Suite struct SigV4ConformanceTests {
    @Test func signsEveryCase() throws {
        let names = try Conformance.contents(of: "sigv4")
        for name in names { try check(name) }
        Conformance.report("SigV4, header form", ran: names.count, of: names.count)
    }

    private func text(_ name: String, _ file: String) throws -> String {
        let bytes = try #require(try Conformance.read("sigv4/\(name)/\(file)"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func check(_ name: String) throws {
        let context = try JSONValue(decoding: Array(try text(name, "context.json").utf8))
        let raw = try RawRequest(try text(name, "request.txt"))
        let secret = try #require(context["credentials"]?["secret_access_key"]?.string)
        let token = context["credentials"]?["token"]?.string
        let region = try #require(context["region"]?.string)
        let service = try #require(context["service"]?.string)
        let timestamp = try #require(context["timestamp"]?.string)
        let time = try #require(WallTime(rfc3339: timestamp))
        let signsBody = context["sign_body"]?.bool == true
        let signsToken = context["omit_session_token"]?.bool != true
        let payloadHash = Hexadecimal.encode(Digest.sha256(raw.body))
        let bodyHeaders = signsBody ? [(name: "x-amz-content-sha256", value: payloadHash)] : []
        var request = SigV4Request(
            method: raw.method,
            path: raw.path,
            query: raw.query,
            headers: raw.headers + bodyHeaders,
            payloadHash: payloadHash,
            normalizesPath: context["normalize"]?.bool != false
        )
        var signer = SigV4Signer(
            credentials: Credentials(
                accessKeyID: try #require(context["credentials"]?["access_key_id"]?.string),
                secretAccessKey: secret,
                sessionToken: token,
                provider: "test"
            ),
            region: region,
            service: service
        )
        let added = signer.sign(request, at: time, signsSessionToken: signsToken)

        let date = time.basicISO8601
        request.headers.append(("X-Amz-Date", date))
        if let token, signsToken { request.headers.append(("X-Amz-Security-Token", token)) }
        let canonical = request.canonicalized().request
        #expect(
            String(decoding: canonical, as: UTF8.self) == (try text(name, "header-canonical-request.txt")),
            "\(name)"
        )
        let scope = SigV4.scope(day: String(date.prefix(8)), region: region, service: service)
        let stringToSign = SigV4.stringToSign(canonical, date: date, scope: scope)
        #expect(
            String(decoding: stringToSign, as: UTF8.self) == (try text(name, "header-string-to-sign.txt")),
            "\(name)"
        )
        let signature = SigV4.signature(
            ofCanonicalRequest: canonical,
            date: date,
            secret: secret,
            region: region,
            service: service
        )
        #expect(signature == (try text(name, "header-signature.txt")), "\(name)")

        let authorization = try #require(added.last)
        let sent = added.dropLast() + bodyHeaders.map { HTTPHeader($0.name, $0.value) } + [authorization]
        let lines = raw.head + sent.map { "\($0.name):\($0.value)" } + ["", raw.bodyText]
        let signed = try text(name, "header-signed-request.txt")
        #expect(lines.joined(separator: "\n") == signed, "\(name)")
    }
}

/// A request as the suite writes it down.
private struct RawRequest {
    var method: String
    var path: String
    var query: String
    var headers: [(name: String, value: String)]
    var head: [String]
    var body: [UInt8]
    var bodyText: String { String(decoding: body, as: UTF8.self) }

    init(_ text: String) throws {
        var lines = text.components(separatedBy: "\n")
        var body = ""
        if let blank = lines.firstIndex(of: "") {
            body = lines[(blank + 1)...].joined(separator: "\n")
            lines.removeSubrange(blank...)
        }
        head = lines
        self.body = Array(body.utf8)
        let first = try #require(lines.first)
        let methodEnd = try #require(first.firstIndex(of: " "))
        let targetEnd = try #require(first.range(of: " HTTP/1.1", options: .backwards)?.lowerBound)
        method = String(first[..<methodEnd])
        let target = first[first.index(after: methodEnd)..<targetEnd]
        let question = target.firstIndex(of: "?")
        path = String(target[..<(question ?? target.endIndex)])
        query = question.map { String(target[target.index(after: $0)...]) } ?? ""
        headers = []
        for line in lines.dropFirst() {
            if line.hasPrefix(" "), let last = headers.indices.last {
                headers[last].value += "\n" + line
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                headers.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
    }
}

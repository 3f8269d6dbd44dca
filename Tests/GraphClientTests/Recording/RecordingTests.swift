import Foundation
import GraphModel
import Testing

@testable import GraphClient

/// What a recording holds, and how it answers.
@Suite struct RecordingTests {
    private static let adele = Caller(id: "a", displayName: "Adele", address: "adele@contoso.example", kind: .delegated)
    private static let root = "https://graph.example/v1.0"
    private static let threads = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads"

    private let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).har").path

    private func request(
        _ method: GraphRequest.Method = .get,
        _ path: String = threads,
        query: String = "",
        body: String = "",
        headers: GraphHeaders = [:]
    ) -> GraphRequest {
        GraphRequest(
            method,
            path,
            query: query,
            headers: headers,
            body: Array(body.utf8),
            caller: Self.adele,
            serviceRoot: Self.root
        )
    }

    private func file() throws -> RecordingFile { try RecordingFile(path: path, root: Self.root, caller: nil) }
    private var bytes: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: path))) } }
    private var text: String { get throws { String(decoding: try bytes, as: UTF8.self) } }

    /// Answers with what it is given.
    private struct Answering: GraphService {
        var result: Result<GraphResponse, NoAnswer>
        func respond(to request: GraphRequest) async throws -> GraphResponse { try result.get() }
    }

    private func record(_ request: GraphRequest, _ response: GraphResponse, to file: RecordingFile) async throws {
        _ = try await RecordingService(Answering(result: .success(response)), to: file).respond(to: request)
    }

    // MARK: The file

    @Test func `it is an HTTP archive that only its owner may read`() async throws {
        let file = try file()
        try await record(
            request(query: "$top=1&$search=%22tea%22"),
            GraphResponse(status: 200, json: Array(#"{"value":[]}"#.utf8)),
            to: file
        )
        try file.finish()
        let log = try #require(try JSONValue(bytes)["log"])
        #expect(log["version"]?.string == "1.2")
        #expect(log["creator"]?["name"]?.string == "herald")
        let entry = try #require(log["entries"]?.elements?.first)
        #expect(entry["request"]?["url"]?.string == "\(Self.root)\(Self.threads)?$top=1&$search=%22tea%22")
        #expect(entry["request"]?["queryString"]?.elements?.last?["value"]?.string == "\"tea\"")
        #expect(entry["response"]?["content"]?["text"]?.string == #"{"value":[]}"#)
        for name in ["startedDateTime", "time", "cache", "timings"] { #expect(entry[name] != nil) }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `it is whole after each exchange, so that a crash leaves it readable`() async throws {
        let file = try file()
        #expect(try JSONValue(bytes)["log"]?["entries"]?.elements?.isEmpty == true)
        for count in 1...3 {
            try await record(request(), GraphResponse(status: 200), to: file)
            #expect(try JSONValue(bytes)["log"]?["entries"]?.elements?.count == count)
        }
    }

    @Test func `a file that is there is left alone`() throws {
        try Data("mine".utf8).write(to: URL(filePath: path))
        let fault = #expect(throws: RecordingFault.self) { try file() }
        #expect(fault?.message.contains("is there already") == true)
        #expect(try text == "mine")
    }

    // MARK: Secrets

    private static let secret = "c4n4ry+S3cret/ABCDEFGH=="

    @Test(arguments: [
        "Authorization", "authorization", "Cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key",
    ])
    func `header fields that hold secrets are left out`(name: String) async throws {
        let file = try file()
        var response = GraphResponse(status: 200)
        response.headers[name] = Self.secret
        try await record(request(headers: [name: Self.secret]), response, to: file)
        #expect(!(try text.contains("c4n4ry")))
    }

    @Test(arguments: ["access_token", "refresh_token", "client_secret", "code", "Password", "device_code"])
    func `parameters that hold secrets are replaced, in queries, forms and addresses`(name: String) async throws {
        let file = try file()
        let form = "a=b&\(name)=\(PercentEncoding.encode(Self.secret))"
        var response = GraphResponse(status: 302)
        response.headers["Location"] = "https://login.example/cb?\(form)"
        try await record(
            request(
                .post,
                query: form,
                body: form,
                headers: ["Content-Type": "application/x-www-form-urlencoded"]
            ),
            response,
            to: file
        )
        #expect(!(try text.contains("c4n4ry")))
        #expect(try text.contains("a=b"))
    }

    @Test(arguments: ["access_token", "refresh_token", "id_token", "client_secret", "deviceToken", "password"])
    func `members that hold secrets are replaced, however deep`(name: String) async throws {
        let file = try file()
        let body = #"{"deep":[{"\#(name)":"\#(Self.secret)","kept":"this"}]}"#
        try await record(
            request(.post, body: body),
            GraphResponse(status: 200, json: Array(body.utf8)),
            to: file
        )
        #expect(try text.contains("c4n4ry") == (name == "deviceToken"))
        #expect(try text.contains("this"))
    }

    @Test func `the code of an error is no secret`() async throws {
        let file = try file()
        let body = Array(#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#.utf8)
        try await record(request(), GraphResponse(status: 404, json: body), to: file)
        #expect(try text.contains("ErrorItemNotFound"))
    }

    @Test func `a token that was used is found wherever it turns up`() async throws {
        let file = try file()
        let tokens = HiddenTokens(GivenToken(Self.secret), redaction: file.redaction)
        #expect(try await tokens.token(insteadOf: nil, claims: nil) == Self.secret)
        let encoded = PercentEncoding.encode(Self.secret)
        var response = GraphResponse(status: 400, json: Array(#"{"x":"no \#(Self.secret) here"}"#.utf8))
        response.headers["x-echo"] = "Bearer \(Self.secret)"
        try await record(
            request(.post, "/groups/\(encoded)", query: "q=\(encoded)", body: #"{"y":"\#(Self.secret)"}"#),
            response,
            to: file
        )
        _ = try? await RecordingService(
            Answering(result: .failure(NoAnswer(.unknown, "lost \(Self.secret)"))),
            to: file
        ).respond(to: request())
        #expect(!(try text.contains("c4n4ry")))
        #expect(try text.contains(Redaction.mark))
    }

    // MARK: Replay

    private func recorded(_ exchanges: [(GraphRequest, Result<GraphResponse, NoAnswer>)]) async throws -> Recording {
        let file = try file()
        for (request, result) in exchanges {
            _ = try? await RecordingService(Answering(result: result), to: file).respond(to: request)
        }
        try file.finish()
        return try Recording(try bytes, name: "a.har")
    }

    private func answer(_ status: Int, _ body: String = "") -> Result<GraphResponse, NoAnswer> {
        .success(GraphResponse(status: status, json: Array(body.utf8)))
    }

    @Test func `the same requests are answered in the order in which they were`() async throws {
        let recording = try await recorded([
            (request(.post, body: "{}"), answer(429)), (request(), answer(200)),
            (request(.post, body: "{}"), answer(201)), (request(.post, body: "[]"), answer(400)),
        ])
        #expect(recording.serviceRoot == Self.root)
        let service = ReplayService(recording)
        #expect(try await service.respond(to: request(.post, body: "[]")).status == 400)
        #expect(try await service.respond(to: request(.post, body: "{}")).status == 429)
        #expect(try await service.respond(to: request(.post, body: "{}")).status == 201)
        #expect(try await service.respond(to: request()).status == 200)
    }

    @Test func `a write that was not recorded is an error that names it; a read repeats the last answer`() async throws
    {
        let service = ReplayService(
            try await recorded([(request(.post, body: "{}"), answer(201)), (request(), answer(200))])
        )
        _ = try await service.respond(to: request(.post, body: "{}"))
        let again = await #expect(throws: NoAnswer.self) { try await service.respond(to: request(.post, body: "{}")) }
        #expect(again?.message.contains("POST \(Self.threads)") == true)
        let other = await #expect(throws: NoAnswer.self) { try await service.respond(to: request(query: "$top=9")) }
        #expect(other?.message.contains("GET \(Self.threads)?$top=9") == true)
        for _ in 0..<3 { #expect(try await service.respond(to: request()).status == 200) }
    }

    @Test func `an answer that never came does not come again`() async throws {
        let service = ReplayService(
            try await recorded([(request(.post, body: "{}"), .failure(NoAnswer(.unknown, "The host hung up.")))])
        )
        let reason = await #expect(throws: NoAnswer.self) { try await service.respond(to: request(.post, body: "{}")) }
        #expect(reason?.outcome == .unknown)
        #expect(reason?.message == "The host hung up.")
    }

    @Test func `marks do not tell requests apart, since a write without a name has another in each run`() throws {
        func marked(_ key: String) -> GraphRequest {
            let marker = Marker(IdempotencyKey(.explicit, key))
            return request(
                .post,
                query: marker.filter,
                body: #"{"posts":[{"singleValueExtendedProperties":[\#(marker.json)]}]}"#
            )
        }
        #expect(RecordingMatch(marked("a")) == RecordingMatch(marked("b")))
        #expect(RecordingMatch(marked("a")) != RecordingMatch(request(.post)))
    }

    @Test(arguments: ["", "{", "[]", #"{"log":{}}"#, #"{"log":{"entries":[]}}"#])
    func `what is no recording is refused by name`(text: String) {
        let fault = #expect(throws: RecordingFault.self) { try Recording(Array(text.utf8), name: "a.har") }
        #expect(fault?.message.contains("a.har") == true)
    }

    @Test func `bytes that are no text come back as they were`() async throws {
        let bytes: [UInt8] = [0xFF, 0x00, 0x80]
        let service = ReplayService(
            try await recorded([(request(), .success(GraphResponse(status: 200, body: bytes)))])
        )
        #expect(try await service.respond(to: request()).body == bytes)
    }
}

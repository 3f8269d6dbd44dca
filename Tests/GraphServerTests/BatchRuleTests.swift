import EmbeddedGraph
import GraphModel
import GraphServer
import Synchronization
import Testing

/// Reference, section 12: the rules that need a service of a certain kind.
struct BatchRuleTests {
    /// Answers none before as many have asked as are awaited.
    private final class Meeting: GraphService {
        private let awaited: Int
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

        init(_ awaited: Int) { self.awaited = awaited }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            await withCheckedContinuation { continuation in
                let all = waiting.withLock { waiting in
                    waiting.append(continuation)
                    return waiting.count == awaited ? waiting : []
                }
                for one in all { one.resume() }
            }
            return GraphResponse(json: Array(#"{"met":true}"#.utf8))
        }
    }

    /// Answers some paths, and others only when it is told to stop.
    private struct Selective: GraphService {
        func respond(to request: GraphRequest) async throws -> GraphResponse {
            if request.path == "/slow" { try await Task.sleep(for: .seconds(3600)) }
            if request.path == "/text" {
                return GraphResponse(status: 200, headers: ["Content-Type": "text/plain"], body: Array("7".utf8))
            }
            let echo = JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("path", request.path)
                    writer.member("root", request.serviceRoot)
                    writer.member("type", request.headers["Content-Type"])
                    writer.member("authorization", request.headers["Authorization"])
                    writer.member("body", String(decoding: request.body, as: UTF8.self))
                }
            }
            return GraphResponse(status: request.method == .post ? 201 : 200, json: echo, location: "/made")
        }
    }

    private static let meeting: @Sendable (EmbeddedGraph) -> any GraphService = { _ in Meeting(3) }
    private static let selective: @Sendable (EmbeddedGraph) -> any GraphService = { _ in Selective() }

    private func items(_ server: RunningServer, _ requests: String) async throws -> [JSONValue] {
        let answer = try await server.send("POST", "/v1.0/$batch", #"{"requests":[\#(requests)]}"#)
        #expect(answer.status == 200)
        return try #require(answer.json["responses"]?.elements)
    }

    // Reference, section 12, row patterns.
    @Test func `items that depend on nothing run side by side`() async throws {
        try await RunningServer.with(service: Self.meeting) { server in
            let list = (1...3).map { #"{"id":"\#($0)","method":"GET","url":"/me"}"# }.joined(separator: ",")
            let answers = try await items(server, list)
            #expect(answers.map { $0["body"]?["met"] } == Array(repeating: .boolean(true), count: 3))
        }
    }

    // Reference, section 12, row timeout.
    @Test func `an item that takes too long is answered with 504, and what depends on it with 424`() async throws {
        var options = ServerOptions()
        options.batchLimits.item = .milliseconds(20)
        try await RunningServer.with(options: options, service: Self.selective) { server in
            let answers = try await items(
                server,
                #"{"id":"a","method":"GET","url":"/slow"},{"id":"b","method":"GET","url":"/x","dependsOn":["a"]}"#
            )
            #expect(answers.map { $0["status"] } == [.integer(504), .integer(424)])
        }
    }

    @Test func `a batch that takes too long answers what is left with 504`() async throws {
        var options = ServerOptions()
        options.batchLimits.whole = .milliseconds(20)
        try await RunningServer.with(options: options, service: Self.selective) { server in
            let answers = try await items(server, #"{"id":"a","method":"GET","url":"/slow"}"#)
            #expect(answers.first?["status"] == .integer(504))
        }
    }

    // Reference, section 12, rows id, url, body, auth and response item headers.
    @Test func `items are read as clients write them`() async throws {
        try await RunningServer.with(service: Self.selective) { server in
            let answers = try await items(
                server,
                """
                {"id":7,"method":"post","url":"groups/a b","body":{"x":1},"headers":{"authorization":"Bearer other"}},
                {"id":"beta","method":"GET","url":"\(server.root)/beta/me","dependsOn":[]},
                {"id":"raw","method":"POST","url":"/x","headers":{"content-type":"text/plain"},"body":"aGk"},
                {"id":"text","method":"GET","url":"/v1.0/text","depends_on":["BETA"]}
                """
            )
            #expect(answers[0]["id"]?.string == "7")
            #expect(answers[0]["status"] == .integer(201))
            #expect(answers[0]["headers"]?["Location"]?.string == "/made")
            #expect(answers[0]["headers"]?["Content-Type"]?.string == "application/json")
            #expect(answers[0]["body"]?["path"]?.string == "/groups/a%20b")
            #expect(answers[0]["body"]?["type"]?.string == "application/json")
            #expect(answers[0]["body"]?["authorization"] == .null)
            #expect(answers[1]["body"]?["root"]?.string == server.root + "/beta")
            #expect(answers[2]["body"]?["body"]?.string == "hi")
            #expect(answers[3]["headers"]?["Content-Type"]?.string == "text/plain")
            #expect(answers[3]["body"]?.string == "Nw==")
        }
    }
}

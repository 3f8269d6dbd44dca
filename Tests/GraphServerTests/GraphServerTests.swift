import GraphModel
import Logging
import Testing

@testable import GraphServer

struct GraphServerTests {
    @Test func `a conversation that was made is read back`() async throws {
        try await RunningServer.with { server in
            let path = RunningServer.groupPath + "/conversations"
            let made = try await server.send(
                "POST",
                path,
                RunningServer.conversation("Rest"),
                headers: ["client-request-id": "7b6ac9ba-0c5e-4f0d-a8d3-2c3a8e3b7d11"]
            )
            #expect(made.status == 201)
            #expect(made.headers["client-request-id"] == "7b6ac9ba-0c5e-4f0d-a8d3-2c3a8e3b7d11")
            #expect(made.headers["request-id"] != nil)
            #expect(made.headers["date"] != nil)
            let id = try #require(made.json["id"]?.string)
            #expect(made.headers["location"]?.hasPrefix(server.root + "/v1.0/") ?? true)
            for version in ["v1.0", "beta"] {
                let read = try await server.send("GET", "/\(version)/groups/\(RunningServer.group)/conversations/\(id)")
                #expect(read.status == 200)
                #expect(read.json["topic"]?.string == "Rest")
                #expect(read.json["@odata.context"]?.string?.hasPrefix("\(server.root)/\(version)/$metadata") == true)
            }
        }
    }

    @Test func `a write with a key happens once`() async throws {
        try await RunningServer.with { server in
            let path = RunningServer.groupPath + "/conversations"
            let body = RunningServer.conversation("Rest")
            let first = try await server.send("POST", path, body, headers: ["Idempotency-Key": "wellness"])
            let second = try await server.send("POST", path, body, headers: ["Idempotency-Key": "wellness"])
            #expect(first.json["id"] == second.json["id"])
            #expect(second.headers["x-replayed"] != nil)
            let list = try await server.send("GET", path)
            #expect(list.json["value"]?.elements?.count == 1)
        }
    }

    @Test func `refusals of every layer are JSON in Graph's envelope`() async throws {
        try await RunningServer.with { server in
            let conversations = RunningServer.groupPath + "/conversations"
            func check(_ answer: RunningServer.Answer, _ status: Int, at line: SourceLocation = #_sourceLocation) {
                #expect(answer.status == status, sourceLocation: line)
                #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true, sourceLocation: line)
                #expect(answer.code != nil, sourceLocation: line)
                let inner = answer.json["error"]?["innerError"]
                #expect(inner?["request-id"]?.string == answer.headers["request-id"], sourceLocation: line)
            }
            let anonymous = try await server.send("GET", "/v1.0/groups", token: nil)
            check(anonymous, 401)
            #expect(anonymous.code == "InvalidAuthenticationToken")
            let wrong = try await server.send("GET", "/v1.0/groups", token: "wrong")
            check(wrong, 401)
            check(try await server.send("GET", "/v2.0/groups"), 400)
            check(try await server.send("GET", conversations + "/AAQkADI="), 404)
            check(try await server.send("PATCH", conversations, "{}"), 405)
            check(try await server.send("TRACE", "/v1.0/groups"), 405)
            check(try await server.send("POST", conversations, "{"), 400)
            let large = String(repeating: " ", count: GraphRequest.maximumBodySize + 1)
            check(try await server.send("POST", conversations, large), 413)
            check(try await server.send("GET", "/v1.0/$batch"), 405)
        }
    }

    @Test func `an answer without a body has no content type`() async throws {
        try await RunningServer.with { server in
            let conversations = RunningServer.groupPath + "/conversations"
            let made = try await server.send("POST", conversations, RunningServer.conversation("Rest"))
            let id = try #require(made.json["id"]?.string)
            let removed = try await server.send("DELETE", conversations + "/" + id)
            #expect(removed.status == 204)
            #expect(removed.headers["content-type"] == nil)
        }
    }

    @Test func `health is told without a token`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("GET", "/healthz", token: nil)
            #expect(answer.status == 200)
        }
    }

    // Reference, section 13.2, mailbox quota.
    @Test func `a store without room refuses with 507, and says nothing of where it is`() async throws {
        struct Full: GraphService {
            func respond(to request: GraphRequest) async throws -> GraphResponse {
                var error = NoAnswer(.notDone, "/srv/graph.sqlite: the disk is full")
                error.lacksRoom = true
                throw error
            }
        }
        let caller = Caller(id: GroupID.random().text, displayName: "", address: "", kind: .operator)
        let answer = try await AnsweringService(service: Full(), logger: .init(label: "test"), now: { 0 })
            .respond(to: GraphRequest(.post, "/groups", caller: caller))
        #expect(answer.status == 507 && answer.error?.code == "ErrorQuotaExceeded")
        #expect(answer.headers["Retry-After"] == nil)
        #expect(answer.error?.message.contains("graph.sqlite") == false)
    }

    // Reference, section 13.2, unexpected.
    @Test func `no answer becomes 503 if nothing was done and 500 otherwise`() async throws {
        struct Silent: GraphService {
            let outcome: NoAnswer.Outcome
            func respond(to request: GraphRequest) async throws -> GraphResponse { throw NoAnswer(outcome, "secret") }
        }
        let caller = Caller(id: GroupID.random().text, displayName: "", address: "", kind: .operator)
        func answer(_ outcome: NoAnswer.Outcome) async throws -> GraphResponse {
            try await AnsweringService(service: Silent(outcome: outcome), logger: .init(label: "test"), now: { 0 })
                .respond(to: GraphRequest(.post, "/groups", caller: caller))
        }
        let notDone = try await answer(.notDone)
        #expect(notDone.status == 503)
        #expect(notDone.headers["Retry-After"] == "1")
        let unknown = try await answer(.unknown)
        #expect(unknown.status == 500)
        #expect(unknown.error?.message.contains("secret") == false)
    }

    @Test func `a token is 32 random bytes, and no other is taken for it`() throws {
        let caller = Caller(id: GroupID.random().text, displayName: "", address: "", kind: .operator)
        let token = DevelopmentToken.random()
        #expect(token.count == 43)
        #expect(token != DevelopmentToken.random())
        let authenticator = DevelopmentToken(token, caller: caller)
        #expect(try authenticator.caller(bearing: token) == caller)
        for wrong in [String(token.dropLast()), token + "A", ""] {
            #expect(throws: GraphError.self) { try authenticator.caller(bearing: wrong) }
        }
    }
}

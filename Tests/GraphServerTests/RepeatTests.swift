import EmbeddedGraph
import GraphModel
import GraphServer
import Testing

/// Reference, section 15, last row, and section 18.3, row 14.
struct RepeatTests {
    private static let path = RunningServer.groupPath + "/conversations"

    private static func posts(_ first: [String: String], _ second: [String: String]) async throws -> Int {
        let (counts, continuation) = AsyncStream.makeStream(of: Int.self)
        try await RunningServer.with { server in
            let one = try await server.send("POST", path, RunningServer.conversation("Rest"), headers: first)
            let two = try await server.send("POST", path, RunningServer.conversation("Rest"), headers: second)
            #expect([one.status, two.status] == [201, 201])
            let list = try await server.send("GET", path)
            let count = list.json["value"]?.elements?.count ?? 0
            #expect((two.headers["x-replayed"] == "true") == (count == 1))
            #expect((one.json["id"] == two.json["id"]) == (count == 1))
            continuation.yield(count)
        }
        var iterator = counts.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    @Test func `a POST seen again under the same client-request-id makes one post`() async throws {
        #expect(try await Self.posts(["client-request-id": "a"], ["client-request-id": "a"]) == 1)
        #expect(try await Self.posts(["client-request-id": "a"], ["client-request-id": "b"]) == 2)
    }

    @Test func `a POST that says it is a retry makes one post`() async throws {
        #expect(try await Self.posts([:], ["Retry-Attempt": "1"]) == 1)
        #expect(try await Self.posts([:], ["Retry-Attempt": "0"]) == 2)
    }

    @Test func `two equal POSTs without a word are two`() async throws {
        #expect(try await Self.posts([:], [:]) == 2)
    }

    @Test func `a repeated batch makes each of its posts once`() async throws {
        try await RunningServer.with { server in
            let item = { (id: Int) in
                #"{"id":\#(id),"method":"POST","url":"\#(Self.path)","body":\#(RunningServer.conversation("Rest"))}"#
            }
            let body = #"{"requests":[\#(item(1)),\#(item(2))]}"#
            for _ in 0..<2 {
                let answer = try await server.send(
                    "POST",
                    "/v1.0/$batch",
                    body,
                    headers: ["client-request-id": "batch", "Retry-Attempt": "1"]
                )
                #expect(answer.json["responses"]?.elements?.first?["id"]?.string == "1")
            }
            let list = try await server.send("GET", Self.path)
            #expect(list.json["value"]?.elements?.count == 2)
        }
    }

    @Test func `a retry that has a name is not taken for another request of the same words`() async throws {
        let count = try await Self.posts(["client-request-id": "a"], ["client-request-id": "b", "Retry-Attempt": "1"])
        #expect(count == 2)
    }

    @Test func `a batch sent again by a client that names nothing makes each of its posts once`() async throws {
        try await RunningServer.with { server in
            let batch = """
                {"requests":[{"id":"1","method":"POST","url":"/groups/\(RunningServer.group)/conversations",\
                "headers":{"Content-Type":"application/json"},"body":\(RunningServer.conversation("Rest"))}]}
                """
            let first = try await server.send("POST", "/v1.0/$batch", batch)
            let second = try await server.send("POST", "/v1.0/$batch", batch, headers: ["Retry-Attempt": "1"])
            #expect([first.status, second.status] == [200, 200])
            let list = try await server.send("GET", Self.path)
            #expect(list.json["value"]?.elements?.count == 1)
        }
    }

    @Test func `the key of an announcement is the one that runs on this machine use`() async throws {
        try await RunningServer.with { server in
            let group = try #require(GroupID(RunningServer.group))
            let body = RunningServer.conversation("Rest")
            let key = IdempotencyKey.announcement("wellness", group: group)
            let local = try await server.store.respond(
                to: GraphRequest(
                    .post,
                    "/groups/\(group)/conversations",
                    body: Array(body.utf8),
                    caller: server.store.operatorCaller,
                    key: key
                )
            )
            let path = "/v1.0/groups/\(group)/conversations"
            let remote = try await server.send("POST", path, body, headers: ["Idempotency-Key": key.description])
            #expect(remote.headers["x-replayed"] == "true")
            #expect(remote.body == local.body)
        }
    }
}

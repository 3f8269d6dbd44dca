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
}

import EmbeddedGraph
import GraphModel
import Testing

@Suite struct KeyTests {
    private let key = IdempotencyKey(.explicit, "monday")
    private let body = #"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#

    @Test func `the same request under the same key is done once and answered the same`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations"
        let first = try await graph.send(.post, path, body, key: key)
        try graph.clock.set("2026-01-16T00:00:00Z")
        let second = try await graph.send(.post, path, body, by: graph.member, key: key)
        #expect(first.status == 201 && !first.response.isReplayed)
        #expect(second.status == 201 && second.headers["x-replayed"] == "true")
        #expect(second.response.body == first.response.body)
        for name in ["Location", "Content-Type"] { #expect(second.headers[name] == first.headers[name], "\(name)") }
        #expect(second.headers["request-id"] != first.headers["request-id"])
        try await #expect(graph.get(path).items.count == 1)
    }

    @Test func `a reply's second answer names the post of the first`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        let reply = #"{"post":\#(Fixture.post("y"))}"#
        for (number, path) in ["\(thread)/reply", "\(thread)/posts/\(made.post)/reply"].enumerated() {
            let key = IdempotencyKey(.explicit, "reply-\(number)")
            let first = try await graph.send(.post, path, reply, key: key)
            let second = try await graph.send(.post, path, reply, key: key)
            #expect(second.status == 202 && second.response.body.isEmpty && second.response.isReplayed)
            #expect(first.headers["x-post-id"] != nil && second.headers["x-post-id"] == first.headers["x-post-id"])
            #expect(second.headers["Location"] == first.headers["Location"] && second.headers["Content-Type"] == nil)
        }
        try await #expect(graph.get("\(thread)/posts").items.count == 3)
    }

    @Test func `changes and deletions have keys as well`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        for (method, body, status) in [(.patch, #"{"isLocked":true}"#, 200), (.delete, "", 204)]
            as [(GraphRequest.Method, String, Int)]
        {
            let key = IdempotencyKey(.explicit, method.rawValue)
            for isReplayed in [false, true] {
                let answer = try await graph.send(method, thread, body, key: key)
                #expect(answer.status == status && answer.response.isReplayed == isReplayed)
                #expect(answer.response.body.isEmpty && answer.headers["x-post-id"] == nil)
            }
        }
        try await #expect(graph.send(.delete, thread).isRefusal(404, .itemNotFound))
    }

    @Test func `another request under a key is refused, and told who used the key first and when`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations"
        _ = try await graph.send(.post, path, body, by: graph.member, key: key)
        try graph.clock.set("2026-01-16T00:00:00Z")
        let made = try await graph.get("\(graph.group)/threads").ids[0]
        for (method, path, body, query) in [
            (.post, path, body.replacing("x", with: "z"), ""), (.post, path, body + " ", ""),
            (.post, "\(path)/", body, ""), (.post, path, body, "a=b"),
            (.patch, "\(graph.group)/threads/\(made)", #"{"isLocked":true}"#, ""),
        ] as [(GraphRequest.Method, String, String, String)] {
            let answer = try await graph.send(method, path, body, query: query, key: key)
            #expect(answer.isRefusal(422, .keyReused))
            #expect(answer.message.contains("'monday' was used by Megan Bowen at 2026-01-15T08:30:00Z"))
        }
        try await #expect(graph.get(path).items.count == 1)
        try await #expect(graph.get("\(graph.group)/threads").items[0]["isLocked"] == false)
    }

    @Test func `a refusal is not kept: the key is free for the next attempt`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        let reply = #"{"post":\#(Fixture.post("y"))}"#
        _ = try await graph.send(.patch, thread, #"{"isLocked":true}"#)
        for _ in 0..<2 {
            let locked = try await graph.send(.post, "\(thread)/reply", reply, key: key)
            #expect(locked.isRefusal(403, .accessDenied) && !locked.response.isReplayed)
        }
        _ = try await graph.send(.patch, thread, #"{"isLocked":false}"#)
        let done = try await graph.send(.post, "\(thread)/reply", reply, key: key)
        #expect(done.status == 202 && !done.response.isReplayed)
        // Even for another request.
        let other = IdempotencyKey(.explicit, "other")
        try await #expect(graph.send(.post, "\(thread)/reply", "{", key: other).status == 400)
        try await #expect(graph.send(.post, "\(thread)/reply", reply, key: other).status == 202)
    }

    @Test func `the names of announcements and other keys never meet`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations"
        let group = try #require(GroupID(Fixture.group))
        let announced = IdempotencyKey.announcement("monday", group: group)
        let explicit = IdempotencyKey(.explicit, announced.text)
        let first = try await graph.send(.post, path, body, key: announced)
        let second = try await graph.send(.post, path, body, key: explicit)
        #expect(first.status == 201 && second.status == 201 && !second.response.isReplayed)
        try #expect(first.id() != second.id())
        // A key that reads like another's whole name is still its own.
        let third = try await graph.send(.post, path, body, key: IdempotencyKey(.explicit, explicit.description))
        #expect(third.status == 201 && !third.response.isReplayed)
    }

    @Test func `a key outlives the store's closing, and what it made`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations"
        let first = try await graph.send(.post, path, body, key: key)
        _ = try await graph.send(.delete, "\(path)/\(first.id())")
        try graph.store.close()
        let again = try EmbeddedGraph(path: graph.path, operatorName: "Somebody", clock: graph.clock.read)
        let request = GraphRequest(.post, path, body: Array(body.utf8), caller: again.operatorCaller, key: key)
        let second = try await again.respond(to: request)
        #expect(again.operatorCaller == graph.store.operatorCaller)
        #expect(second.isReplayed && second.body == first.response.body)
    }

    @Test func `two stores on one file that race for a key make one conversation`() async throws {
        let graph = try await Fixture()
        let stores = [
            graph.store, try EmbeddedGraph(path: graph.path, operatorName: "B", clock: graph.clock.read),
        ]
        let keys = (0..<8).map { IdempotencyKey(.explicit, "key-\($0)") }
        let path = "\(graph.group)/conversations"
        let answers = try await withThrowingTaskGroup(of: (Int, GraphResponse).self) { tasks in
            for number in 0..<160 {
                let index = number % keys.count
                let request = GraphRequest(
                    .post,
                    path,
                    body: Array(body.utf8),
                    caller: graph.member,
                    key: keys[index]
                )
                let store = stores[number / keys.count % 2]
                tasks.addTask { (index, try await store.respond(to: request)) }
            }
            var answers: [Int: [GraphResponse]] = [:]
            for try await (index, response) in tasks { answers[index, default: []].append(response) }
            return answers
        }
        #expect(answers.count == keys.count)
        for responses in answers.values {
            #expect(responses.count == 20 && responses.allSatisfy { $0.status == 201 })
            #expect(responses.count { !$0.isReplayed } == 1)
            #expect(Set(responses.map(\.body)).count == 1)
        }
        try await #expect(graph.get(path).items.count == keys.count)
    }

    @Test func `two stores that race for a key with different requests let one of them win`() async throws {
        let graph = try await Fixture()
        let other = try EmbeddedGraph(path: graph.path, operatorName: "B", clock: graph.clock.read)
        let path = "\(graph.group)/conversations"
        let responses = try await withThrowingTaskGroup(of: GraphResponse.self) { tasks in
            for number in 0..<20 {
                let request = GraphRequest(
                    .post,
                    path,
                    body: Array(#"{"topic":"\#(number)"}"#.utf8),
                    caller: graph.member,
                    key: key
                )
                let store = number % 2 == 0 ? graph.store : other
                tasks.addTask { try await store.respond(to: request) }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(responses.count { $0.status == 201 } == 1)
        #expect(responses.count { $0.status == 422 } == 19)
        try await #expect(graph.get(path).items.count == 1)
    }
}

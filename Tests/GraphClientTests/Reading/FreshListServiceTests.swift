import GraphModel
import Testing

@testable import GraphClient

/// Lists show what was just made (reference, section 1, row 4).
@Suite struct FreshListServiceTests {
    private static let group = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let other = #"{"id":"other"}"#

    /// A service whose lists show what it made only after some seconds.
    private func service(
        showsAfter seconds: Int64,
        hasMore: Bool = false,
        clock: StillClock
    ) -> (FreshListService<AnsweringService>, AnsweringService) {
        let answering = AnsweringService { request in
            let last = request.path.split(separator: "/").last ?? ""
            if request.method == .post, last == "reply" {
                return GraphResponse(status: 202, headers: ["x-post-id": "P2"])
            }
            if request.method == .post {
                let body = #"{"id":"C1","threads":[{"id":"T1","posts":[{"id":"P1"}]}]}"#
                return GraphResponse(status: 201, json: Array(body.utf8))
            }
            if request.method == .delete { return GraphResponse(status: 204) }
            let new = last == "conversations" ? "C1" : last == "threads" ? "T1" : "P2"
            let isShown = clock.now >= seconds * 1_000_000
            let link = hasMore ? #""@odata.nextLink":"https://example.com/v1.0/x?$skiptoken=1","# : ""
            let body = #"{\#(link)"value":[\#(isShown ? #"{"id":"\#(new)"},"# : "")\#(Self.other)]}"#
            return GraphResponse(json: Array(body.utf8))
        }
        return (FreshListService(answering, clock: clock), answering)
    }

    private func write(
        _ service: FreshListService<AnsweringService>,
        _ path: String,
        key: IdempotencyKey? = nil
    ) async throws {
        _ = try await service.respond(
            to: GraphRequest(.post, Self.group + path, caller: AnsweringService.adele, key: key)
        )
    }

    private func list(
        _ service: FreshListService<AnsweringService>,
        _ path: String,
        query: String = ""
    ) async throws -> Int? {
        let response = try await service.respond(to: AnsweringService.get(Self.group + path, query: query))
        return try JSONValue(response.body)["value"]?.elements?.count
    }

    @Test(arguments: ["/conversations", "/threads", "/conversations/C1/threads"])
    func `a list is asked for again until it shows the new conversation`(path: String) async throws {
        let clock = StillClock()
        let (fresh, service) = service(showsAfter: 7, clock: clock)
        try await write(fresh, "/conversations")
        #expect(try await list(fresh, path) == 2)
        #expect((7_000_000...12_000_000).contains(clock.now))
        let asked = service.requests.count
        #expect(try await list(fresh, path) == 2)
        #expect(service.requests.count == asked + 1, "what was shown once is not waited for again")
    }

    @Test(arguments: ["/threads/T1/reply", "/threads('T1')/posts/P1/reply"])
    func `posts are listed again until the reply is among them`(path: String) async throws {
        let clock = StillClock()
        let (fresh, _) = service(showsAfter: 3, clock: clock)
        try await write(fresh, path)
        #expect(try await list(fresh, "/threads/T1/posts") == 2)
    }

    @Test func `what never shows is waited for a minute, and of a list of many pages ten seconds`() async throws {
        for (hasMore, end) in [(false, Int64(60_000_000)), (true, 10_000_000)] {
            let clock = StillClock()
            let (fresh, _) = service(showsAfter: 1000, hasMore: hasMore, clock: clock)
            try await write(fresh, "/conversations")
            #expect(try await list(fresh, "/conversations") == 1)
            #expect(clock.now == end)
        }
    }

    @Test(arguments: ["$filter=topic eq 'x'", "%24skip=5", "$search=\"x\"", "$skiptoken=1", "$orderby=topic"])
    func `a list that leaves something out is taken as it is`(query: String) async throws {
        let clock = StillClock()
        let (fresh, _) = service(showsAfter: 1000, clock: clock)
        try await write(fresh, "/conversations")
        #expect(try await list(fresh, "/conversations", query: query) == 1)
        #expect(clock.now == 0)
    }

    @Test func `nothing is waited for that was deleted, or announced, or is in another group`() async throws {
        let clock = StillClock()
        let (fresh, _) = service(showsAfter: 1000, clock: clock)
        try await write(fresh, "/conversations")
        let other = AnsweringService.get("/groups/86927e91-9f5e-44da-a321-87a3b3613c86/conversations")
        _ = try await fresh.respond(to: other)
        _ = try await fresh.respond(
            to: GraphRequest(.delete, Self.group + "/conversations/C1", caller: AnsweringService.adele)
        )
        for path in ["/conversations", "/threads"] { #expect(try await list(fresh, path) == 1) }
        try await write(fresh, "/conversations", key: IdempotencyKey(.announcement, "a/b"))
        #expect(try await list(fresh, "/conversations") == 1)
        #expect(clock.now == 0)
    }
}

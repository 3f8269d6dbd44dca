import GraphModel
import Synchronization
import Testing

@testable import GraphClient

/// What was just made is waited for, and nothing else (reference, section 13.2, client retry classes).
@Suite struct FreshIDServiceTests {
    private static let group = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196"

    /// A service that finds what it made only after some seconds.
    private func service(
        findsAfter seconds: Int64,
        _ code: GraphError.Code = .itemNotFound,
        clock: StillClock
    ) -> (FreshIDService<AnsweringService>, AnsweringService) {
        let answering = AnsweringService { request in
            let last = request.path.split(separator: "/").last ?? ""
            if request.method == .post, last == "conversations" || last == "groups" {
                let body = #"{"id":"C1","threads":[{"id":"T1","posts":[{"id":"P1"}]}]}"#
                return GraphResponse(status: 201, json: Array(body.utf8))
            }
            guard clock.now >= seconds * 1_000_000 else { return AnsweringService.refusal(404, code) }
            return GraphResponse(status: request.method == .post ? 202 : 200)
        }
        return (FreshIDService(answering, clock: clock), answering)
    }

    private func make(
        _ service: FreshIDService<AnsweringService>,
        _ path: String = Self.group + "/conversations"
    ) async throws {
        let body = Array("{}".utf8)
        _ = try await service.respond(to: GraphRequest(.post, path, body: body, caller: AnsweringService.adele))
    }

    // Reference, section 13.2, client retry classes: 404 only inside the fresh-id window.
    @Test(arguments: ["/threads/T1", "/conversations/C1/threads", "/conversations('C1')", "/threads/T1/posts/P1"])
    func `a new item that is not found yet is asked for again`(path: String) async throws {
        let clock = StillClock()
        let (fresh, service) = service(findsAfter: 20, clock: clock)
        try await make(fresh)
        let response = try await fresh.respond(to: AnsweringService.get(Self.group + path))
        #expect(response.status == 200)
        #expect(clock.now >= 20_000_000)
        #expect(clock.now < 30_000_000)
        #expect((3...12).contains(service.requests.count))
    }

    @Test func `a reply to a new thread that is not found yet is sent again, since it was not done`() async throws {
        let clock = StillClock()
        let (fresh, _) = service(findsAfter: 5, clock: clock)
        try await make(fresh)
        let reply = GraphRequest(.post, Self.group + "/threads/T1/reply", caller: AnsweringService.adele)
        #expect(try await fresh.respond(to: reply).status == 202)
    }

    @Test func `what is not there when the time is over is not there`() async throws {
        let clock = StillClock()
        let (fresh, _) = service(findsAfter: 1000, clock: clock)
        try await make(fresh)
        #expect(try await fresh.respond(to: AnsweringService.get(Self.group + "/threads/T1")).status == 404)
        #expect(clock.now == 60_000_000)
        let (_, later) = service(findsAfter: 1000, clock: clock)
        #expect(later.requests.isEmpty)
        #expect(try await fresh.respond(to: AnsweringService.get(Self.group + "/threads/T1")).status == 404)
        #expect(clock.now == 60_000_000)
    }

    @Test func `what this client did not make is asked for once`() async throws {
        let clock = StillClock()
        let (fresh, service) = service(findsAfter: 20, clock: clock)
        try await make(fresh)
        #expect(try await fresh.respond(to: AnsweringService.get(Self.group + "/threads/T2")).status == 404)
        #expect(service.requests.count == 2)
        #expect(clock.now == 0)
    }

    @Test func `what this client has deleted is not waited for`() async throws {
        let clock = StillClock()
        let answering = AnsweringService { request in
            switch request.method {
            case .post: GraphResponse(status: 201, json: Array(#"{"id":"C1","threads":[{"id":"T1"}]}"#.utf8))
            case .delete: GraphResponse(status: 204)
            default: AnsweringService.refusal(404, .itemNotFound)
            }
        }
        let fresh = FreshIDService(answering, clock: clock)
        try await make(fresh)
        let deletion = GraphRequest(.delete, Self.group + "/conversations/C1", caller: AnsweringService.adele)
        #expect(try await fresh.respond(to: deletion).status == 204)
        for path in ["/conversations/C1", "/threads/T1"] {
            #expect(try await fresh.respond(to: AnsweringService.get(Self.group + path)).status == 404)
        }
        #expect(clock.now == 0)
    }

    @Test(arguments: [GraphRequest.Method.patch, .put, .delete])
    func `a change of what is not found is not sent again`(method: GraphRequest.Method) async throws {
        let clock = StillClock()
        let (fresh, service) = service(findsAfter: 20, clock: clock)
        try await make(fresh)
        let change = GraphRequest(method, Self.group + "/threads/T1", caller: AnsweringService.adele)
        #expect(try await fresh.respond(to: change).status == 404)
        #expect(service.requests.count == 2)
    }

    @Test func `a new group's mailbox is waited for five minutes, an unknown item in it is not`() async throws {
        let clock = StillClock()
        let (fresh, _) = service(findsAfter: 200, .mailboxNotReady, clock: clock)
        try await make(fresh, "/groups")
        #expect(try await fresh.respond(to: AnsweringService.get("/groups/C1/threads")).status == 200)
        let other = StillClock()
        let (strange, asked) = service(findsAfter: 200, .itemNotFound, clock: other)
        try await make(strange, "/groups")
        #expect(try await strange.respond(to: AnsweringService.get("/groups/C1/threads/T9")).status == 404)
        #expect(asked.requests.count == 2)
    }
}

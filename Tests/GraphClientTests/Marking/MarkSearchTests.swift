import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import GraphClient

/// What a mark finds again, in a store that does what Graph does and no more.
@Suite struct MarkSearchTests {
    private static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let groupPath = "/groups/\(group)"
    private static let now: Int64 = 1_800_000_000_000_000

    private let store: EmbeddedGraph
    private let marking: MarkingService<Unkeyed>

    /// Graph knows no keys.
    private struct Unkeyed: GraphService {
        let store: EmbeddedGraph
        func respond(to request: GraphRequest) async throws -> GraphResponse {
            var request = request
            request.key = nil
            return try await store.respond(to: request)
        }
    }

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-marks-\(UUID())")
        store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Adele Vance",
            mode: .strict,
            clock: { Self.now }
        )
        marking = MarkingService(
            Unkeyed(store: store),
            readLag: 0,
            serviceRoot: GraphRequest.localServiceRoot
        )
        let group = Group(
            id: try #require(GroupID(Self.group)),
            displayName: "Sales",
            mailNickname: "sales",
            groupTypes: ["Unified"],
            created: GraphDate(microseconds: 0)
        )
        _ = try await store.importGroups([group])
    }

    private func write(_ path: String, _ body: String, key: String?) -> GraphRequest {
        GraphRequest(
            .post,
            Self.groupPath + path,
            body: Array(body.utf8),
            caller: store.operatorCaller,
            key: key.map { IdempotencyKey(.explicit, $0) }
        )
    }

    private func find(_ request: GraphRequest) async throws -> Whereabouts {
        let key = try #require(request.key)
        return try await marking.find(key, for: request, since: Self.now)
    }

    private static let post = #"{"body":{"contentType":"text","content":"Rest"}}"#
    private static let conversation = #"{"topic":"Days","threads":[{"posts":[\#(post)]}]}"#

    @Test func `a conversation is found by its key, with its ids, and by no other key`() async throws {
        for key in ["a", "b", nil] {
            let made = try await marking.respond(to: write("/conversations", Self.conversation, key: key))
            #expect(made.status == 201)
        }
        let found = try await find(write("/conversations", Self.conversation, key: "b"))
        #expect(found.copies == 1)
        let answer = try JSONValue(try #require(found.answer).body)
        let id = try #require(answer["id"]?.string)
        #expect(answer["topic"]?.string == "Days" && found.answer?.status == 201)
        #expect(found.answer?.headers["Location"] == "http://localhost/v1.0\(Self.groupPath)/conversations/\(id)")
        let thread = try #require(answer["threads"]?.elements?.first?["id"]?.string)
        let conversation = try await store.respond(
            to: GraphRequest(
                .get,
                "\(Self.groupPath)/conversations/\(id)/threads/\(thread)",
                caller: store.operatorCaller
            )
        )
        #expect(conversation.status == 200)
        #expect(answer["threads"]?.elements?.first?["posts"]?.elements?.first?["id"]?.string != nil)
        #expect(try await find(write("/conversations", Self.conversation, key: "c")) == .nowhere)
    }

    @Test func `a write that was done twice is found twice`() async throws {
        let request = write("/conversations", Self.conversation, key: "a")
        for _ in 0..<2 { _ = try await marking.respond(to: request) }
        #expect(try await find(request).copies == 2)
    }

    @Test func `a thread is found in its group, and in its conversation`() async throws {
        let made = try await marking.respond(to: write("/conversations", Self.conversation, key: nil))
        let conversation = try #require(try JSONValue(made.body)["id"]?.string)
        let thread = #"{"topic":"Days","posts":[\#(Self.post)]}"#
        for path in ["/threads", "/conversations/\(conversation)/threads"] {
            let request = write(path, thread, key: path)
            #expect(try await find(request) == .nowhere)
            let answer = try JSONValue(try await marking.respond(to: request).body)
            let found = try await find(request)
            #expect(found.copies == 1)
            #expect(try JSONValue(try #require(found.answer).body)["id"] == answer["id"])
        }
    }

    @Test func `a reply is found, behind the hundredth post too, of which a list tells nothing`() async throws {
        let made = try await marking.respond(to: write("/threads", #"{"topic":"T","posts":[\#(Self.post)]}"#, key: nil))
        let thread = try #require(try JSONValue(made.body)["id"]?.string)
        let body = #"{"post":\#(Self.post)}"#
        for number in 1...120 {
            let request = write("/threads/\(thread)/reply", body, key: "reply \(number)")
            if number == 1 || number == 120 { #expect(try await find(request) == .nowhere) }
            #expect(try await marking.respond(to: request).status == 202)
            guard number == 1 || number == 120 else { continue }
            let found = try await find(request)
            #expect(found.copies == 1 && found.answer?.status == 202 && found.answer?.headers["x-post-id"] != nil)
        }
    }

    @Test func `what was asked for stays out of the mark's way: readers do not see it`() async throws {
        let made = try await marking.respond(to: write("/threads", #"{"topic":"T","posts":[\#(Self.post)]}"#, key: "a"))
        let thread = try #require(try JSONValue(made.body)["id"]?.string)
        let posts = try await marking.respond(
            to: GraphRequest(.get, "\(Self.groupPath)/threads/\(thread)/posts", caller: store.operatorCaller)
        )
        #expect(!String(decoding: posts.body, as: UTF8.self).contains("HeraldKey"))
    }
}

import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization
import Testing

/// Reference, section 15, last row: writes that a client library repeats by itself.
struct RecentWriteTests {
    private static let body = Array(
        #"{"displayName":"Sales","mailNickname":"s","mailEnabled":true,"securityEnabled":false,"groupTypes":["Unified"]}"#
            .utf8
    )

    private final class Time: Sendable {
        let now = Mutex<Int64>(1_700_000_000_000_000)
        func pass(_ seconds: Int64) { now.withLock { $0 += seconds * 1_000_000 } }
    }

    private static func request(_ store: EmbeddedGraph, _ hint: RepeatHint?, body: [UInt8] = body) -> GraphRequest {
        var request = GraphRequest(
            .post,
            "/groups",
            headers: ["Content-Type": "application/json"],
            body: body,
            caller: store.operatorCaller
        )
        request.repeatHint = hint
        return request
    }

    @Test func `a repeat is known after the store was opened anew, for as long as it may come`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-recent-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "graph.sqlite").path
        let time = Time()
        func open() throws -> EmbeddedGraph {
            try EmbeddedGraph(path: path, operatorName: "Adele Vance") { time.now.withLock { $0 } }
        }
        let named = RepeatHint(clientRequestID: "a", isRetry: false)
        let retry = RepeatHint(clientRequestID: nil, isRetry: true)
        var store = try open()
        let first = try await store.respond(to: Self.request(store, named))
        try #require(first.status == 201)
        try store.close()
        store = try open()
        let second = try await store.respond(to: Self.request(store, named))
        #expect(second.isReplayed)
        #expect(second.body == first.body)
        time.pass(179)
        let third = try await store.respond(to: Self.request(store, retry))
        #expect(third.isReplayed)
        time.pass(2)
        // Too late for a retry without a name: it is a write of its own, refused because the nickname is taken.
        let late = try await store.respond(to: Self.request(store, retry))
        #expect(late.status == 400)
        let stillNamed = try await store.respond(to: Self.request(store, named))
        #expect(stillNamed.isReplayed)
        time.pass(420)
        let tooLate = try await store.respond(to: Self.request(store, named))
        #expect(tooLate.status == 400)
        try store.close()
    }

    @Test func `another caller's equal write is no repeat`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-recent-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "graph.sqlite").path
        let store = try EmbeddedGraph(path: path, operatorName: "Adele Vance") { 1_700_000_000_000_000 }
        let hint = RepeatHint(clientRequestID: "a", isRetry: true)
        let first = try await store.respond(to: Self.request(store, hint))
        try #require(first.status == 201)
        var other = Self.request(store, hint)
        other.caller.id = GroupID.random().text
        let second = try await store.respond(to: other)
        #expect(!second.isReplayed)
        try store.close()
    }
}

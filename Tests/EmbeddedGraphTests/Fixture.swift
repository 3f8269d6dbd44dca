import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization
import Testing

/// A fresh store with one group in a folder of its own, a clock that moves when it is told to, and those who ask.
final class Fixture: Sendable {
    let store: EmbeddedGraph
    let path: String
    let clock: SettableClock

    static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    static let start = "2026-01-15T08:30:00Z"
    static let root = "http://localhost/v1.0"

    /// The path of the group.
    let group = "/groups/\(Fixture.group)"
    /// What contexts of the group begin with.
    let context = "\(Fixture.root)/$metadata#groups('\(Fixture.group)')"
    let member = Caller(
        id: "4562bcc8-c436-4f95-b7c0-4f8ce89dca5e",
        displayName: "Megan Bowen",
        address: "megan@contoso.example",
        kind: .delegated
    )
    let application = Caller(
        id: "9f1b81f7-3c5e-4d83-8d6b-5b0c6a2f1d10",
        displayName: "Nightly Report",
        address: "nightly@contoso.example",
        kind: .application
    )

    init(mode: ServerMode = .lenient, applicationsMayPost: Bool = false) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-graph-\(UUID())")
        path = folder.appending(path: "graph.sqlite").path
        clock = try SettableClock(Self.start)
        store = try EmbeddedGraph(
            path: path,
            operatorName: "Adele Vance",
            mode: mode,
            applicationsMayPost: applicationsMayPost,
            clock: clock.read
        )
        try await add(Self.group, "Sales", nickname: "sales", mail: "sales@contoso.example")
    }

    deinit {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }

    /// Adds a group to the store.
    func add(
        _ id: String,
        _ name: String,
        nickname: String,
        mail: String? = nil,
        types: [String] = ["Unified"]
    ) async throws {
        let group = Group(
            id: try #require(GroupID(id)),
            displayName: name,
            mail: mail,
            mailNickname: nickname,
            groupTypes: types,
            created: GraphDate(microseconds: clock.read())
        )
        let result = try await store.importGroups([group])
        try #require(result.created == 1)
    }

    /// Asks the store something, in the operator's name unless another is given.
    func send(
        _ method: GraphRequest.Method,
        _ path: String,
        _ body: String = "",
        query: String = "",
        by caller: Caller? = nil,
        key: IdempotencyKey? = nil,
        headers: GraphHeaders = [:]
    ) async throws -> Answer {
        let request = GraphRequest(
            method,
            path,
            query: query,
            headers: headers,
            body: Array(body.utf8),
            caller: caller ?? store.operatorCaller,
            key: key
        )
        return Answer(try await store.respond(to: request))
    }

    func get(_ path: String, query: String = "", by caller: Caller? = nil) async throws -> Answer {
        try await send(.get, path, query: query, by: caller)
    }

    /// What the creation of a conversation or a thread has made.
    struct Made {
        var conversation = ""
        var thread: String
        var post: String
    }

    /// Starts a conversation with one post; `post` holds further members of the post, as in `"attachments":[…]`.
    func converse(
        _ topic: String = "Topic",
        _ text: String = "Text",
        by caller: Caller? = nil,
        post: String = "",
        in path: String? = nil
    ) async throws -> Made {
        let answer = try await send(
            .post,
            (path ?? group) + "/conversations",
            #"{"topic":"\#(topic)","threads":[{"posts":[\#(Self.post(text, post))]}]}"#,
            by: caller
        )
        let thread = try #require(answer.json["threads"]?[0])
        let id = try #require(thread["id"]?.string)
        let told = thread["posts"]?[0]?["id"]?.string
        let post = if let told { told } else { try await newestPost(of: id) }
        return Made(conversation: try answer.id(), thread: id, post: post)
    }

    /// Replies to a thread and gives the id of the new post.
    func reply(
        _ thread: String,
        _ text: String = "Reply",
        by caller: Caller? = nil,
        post: String = ""
    ) async throws -> String {
        let answer = try await send(
            .post,
            "\(group)/threads/\(thread)/reply",
            #"{"post":\#(Self.post(text, post))}"#,
            by: caller
        )
        try #require(answer.status == 202)
        if let told = answer.headers["x-post-id"] { return told }
        return try await newestPost(of: thread)
    }

    /// What a strict server does not tell.
    private func newestPost(of thread: String) async throws -> String {
        try #require(try await get("\(group)/threads/\(thread)/posts").ids.last)
    }

    /// A post with a text for a body, as JSON.
    static func post(_ text: String, _ more: String = "") -> String {
        #"{"body":{"contentType":"text","content":"\#(text)"}\#(more.isEmpty ? "" : "," + more)}"#
    }
}

/// A clock that stands still until it is set.
final class SettableClock: Sendable {
    private let time = Mutex<Int64>(0)

    init(_ moment: String) throws {
        try set(moment)
    }

    func set(_ moment: String) throws {
        let date = try #require(GraphDate(moment))
        time.withLock { $0 = date.microseconds }
    }

    var read: @Sendable () -> Int64 {
        { self.time.withLock { $0 } }
    }
}

import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization
import Testing

@testable import GraphClient

/// One store with two doors: as it is, and as Microsoft Graph lets one read it, with the client's reading in front.
final class ReadingWorld: Sendable {
    static let group = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196"
    static let root = "https://graph.example/v1.0"
    static let property = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"

    let store: EmbeddedGraph
    let reading: ReadingService<Elsewhere>
    private let strict: EmbeddedGraph
    private let folder: URL
    private let heard: Heard

    /// A service whose links begin with an address of its own, as those of a server elsewhere do.
    struct Elsewhere: GraphService {
        var service: any GraphService
        var change: @Sendable (inout GraphRequest) -> Void = { _ in }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            var request = request
            request.serviceRoot = ReadingWorld.root
            change(&request)
            return try await service.respond(to: request)
        }
    }

    /// What the client has said.
    final class Heard: Sendable {
        private let sentences = Mutex<[String]>([])

        var all: [String] { sentences.withLock { $0 } }
        func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    }

    /// A clock that goes on by a second whenever it is looked at: answers do not say more than that.
    private final class Seconds: Sendable {
        private let time = Mutex<Int64>(1_768_465_800_000_000)

        func next() -> Int64 {
            time.withLock { time in
                time += 1_000_000
                return time
            }
        }
    }

    /// - Parameters:
    ///   - queries: What the client thinks of the service's queries.
    ///   - limit: The most items that it reads.
    ///   - change: What happens to requests on their way to the service.
    /// - Throws: Why there is no store.
    init(
        queries: ReadingService<Elsewhere>.LocalQueries = .always,
        limit: Int = 50_000,
        change: @escaping @Sendable (inout GraphRequest) -> Void = { _ in }
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-reading-\(UUID())")
        let path = folder.appending(path: "graph.sqlite").path
        let clock = Seconds()
        let heard = Heard()
        self.heard = heard
        store = try EmbeddedGraph(path: path, operatorName: "Adele Vance", clock: { clock.next() })
        strict = try EmbeddedGraph(path: path, operatorName: "Adele Vance", mode: .strict, clock: { clock.next() })
        reading = ReadingService(
            Elsewhere(service: strict, change: change),
            root: Self.root,
            queries: queries,
            limit: limit,
            onNotice: { heard.add($0) }
        )
        let group = Group(
            id: try #require(GroupID(String(Self.group.dropFirst(8)))),
            displayName: "Sales",
            mail: "sales@contoso.example",
            mailNickname: "sales",
            groupTypes: ["Unified"],
            created: GraphDate(microseconds: clock.next())
        )
        try #require(try await store.importGroups([group]).created == 1)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var notices: [String] { heard.all }

    func send(
        _ method: GraphRequest.Method,
        _ path: String,
        _ body: String = "",
        query: String = "",
        headers: GraphHeaders = [:],
        by name: String? = nil,
        to service: (any GraphService)? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        var caller = store.operatorCaller
        if let name { caller.displayName = name }
        let request = GraphRequest(
            method,
            Self.group + path,
            query: query,
            headers: headers,
            body: Array(body.utf8),
            caller: caller
        )
        let response = try await (service ?? store).respond(to: request)
        return (
            response.status, (try? JSONValue(response.body)) ?? .string(String(decoding: response.body, as: UTF8.self))
        )
    }

    /// Starts a conversation and gives its id and its thread's.
    func converse(
        _ topic: String,
        _ text: String,
        _ members: String = "",
        by name: String? = nil
    ) async throws -> (
        conversation: String, thread: String
    ) {
        let made = try await send(
            .post,
            "/conversations",
            #"{"topic":"\#(topic)","threads":[{"posts":[\#(Self.post(text, members))]}]}"#,
            by: name
        )
        try #require(made.status == 201, "\(made.json)")
        return (
            try #require(made.json["id"]?.string), try #require(made.json["threads"]?.elements?.first?["id"]?.string)
        )
    }

    func reply(_ thread: String, _ text: String, _ members: String = "", by name: String? = nil) async throws {
        let answer = try await send(
            .post,
            "/threads/\(thread)/reply",
            #"{"post":\#(Self.post(text, members))}"#,
            by: name
        )
        try #require(answer.status == 202, "\(answer.json)")
    }

    private static func post(_ text: String, _ members: String) -> String {
        #"{"body":{"contentType":"text","content":"\#(text)"}\#(members.isEmpty ? "" : "," + members)}"#
    }

    static func colored(_ value: String) -> String {
        #""singleValueExtendedProperties":[{"id":"\#(property)","value":"\#(value)"}]"#
    }

    /// All items of a collection, page by page, by the links as `each` follows them.
    func walk(
        _ path: String,
        _ options: [(String, String)],
        to service: any GraphService
    ) async throws -> (status: Int, items: [JSONValue], pages: Int, error: JSONValue?) {
        var items: [JSONValue] = []
        var pages = 0
        var place = (path: path, query: Self.query(options))
        while true {
            let page = try await send(.get, place.path, query: place.query, to: service)
            guard page.status == 200 else { return (page.status, [], pages, page.json["error"]) }
            items += try #require(page.json["value"]?.elements)
            pages += 1
            guard let link = page.json["@odata.nextLink"]?.string else { return (200, items, pages, nil) }
            let start = GraphRequest.localServiceRoot + Self.group
            try #require(link.hasPrefix(start), "\(link)")
            let parts = link.dropFirst(start.count).split(separator: "?", maxSplits: 1)
            place = (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
        }
    }

    static func query(_ options: [(String, String)]) -> String {
        options.map { "$\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// Expects that a query gives the same items, or the same refusal, through both doors.
    func expectAgreement(_ path: String, _ options: [(String, String)]) async throws {
        let known = try await walk(path, options, to: store)
        let found = try await walk(path, options, to: reading)
        let place: Comment = "\(path)?\(options.map { "\($0.0)=\($0.1)" }.joined(separator: "&"))"
        #expect(found.status == known.status, place)
        #expect(found.items.map { $0["id"] } == known.items.map { $0["id"] }, place)
        #expect(found.error?["code"] == known.error?["code"], place)
        #expect(found.error?["message"] == known.error?["message"], place)
    }
}

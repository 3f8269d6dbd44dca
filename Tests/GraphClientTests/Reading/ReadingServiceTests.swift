import GraphModel
import Testing

@testable import GraphClient

@Suite struct ReadingServiceTests {
    // MARK: Posts beyond the hundredth

    private func longThread(_ world: ReadingWorld, posts: Int) async throws -> String {
        let thread = try await world.converse("Long", "1").thread
        for number in 2...posts { try await world.reply(thread, "\(number)") }
        return thread
    }

    // Reference, section 1, row 19.
    @Test func `posts beyond the hundred that the service gives are read, each once and in order`() async throws {
        let world = try await ReadingWorld()
        let thread = try await longThread(world, posts: 250)
        let path = "/threads/\(thread)/posts"
        let known = try await world.walk(path, [("top", "999")], to: world.store).items
        for options in [[], [("top", "50")], [("top", "100")], [("top", "999")], [("top", "130"), ("select", "id")]] {
            let found = try await world.walk(path, options, to: world.reading)
            #expect(found.items.map { $0["id"] } == known.map { $0["id"] }, "\(options)")
        }
        let rest = try await world.walk(path, [("skip", "120"), ("top", "60")], to: world.reading)
        #expect(rest.items.map { $0["id"] } == known.dropFirst(120).map { $0["id"] })
        #expect(rest.pages == 3)
        let filter = ("filter", "from/emailAddress/name ne 'nobody'")
        #expect(try await world.walk(path, [filter], to: world.reading).items.count == 250)
        let first = try await world.send(.get, path, query: "$count=true&$top=10", to: world.reading).json
        #expect(first["@odata.count"] == .integer(250))
        #expect(first["value"]?.elements?.count == 10)
        #expect(world.notices.count == 1, "\(world.notices)")
    }

    // Reference, section 9: what cannot be read is said.
    @Test func `a list that the service cuts and offers no way on from is said to be cut`() async throws {
        let world = try await ReadingWorld { request in
            var query = ReadingQuery(request.query)
            query["skip"] = nil
            request.query = query.text
        }
        let thread = try await longThread(world, posts: 130)
        let read = try await world.walk("/threads/\(thread)/posts", [("top", "999")], to: world.reading)
        #expect(read.items.count == 100)
        #expect(world.notices.count == 1)
        #expect(world.notices.first?.contains("cut") == true)
    }

    @Test func `expanded posts that the service cuts are said to be cut`() async throws {
        let world = try await ReadingWorld()
        let thread = try await longThread(world, posts: 101)
        _ = try await world.send(.get, "/threads", query: "$expand=posts($select=id)", to: world.reading)
        #expect(world.notices.count == 1)
        let short = try await ReadingWorld()
        _ = try await short.converse("Topic", "Text")
        _ = try await short.send(.get, "/threads", query: "$expand=posts", to: short.reading)
        _ = try await world.send(.get, "/threads/\(thread)", to: world.reading)
        #expect(short.notices.isEmpty)
    }

    // MARK: Answers

    @Test func `an answer has the shape that the store gives it`() async throws {
        let world = try await ReadingWorld()
        for topic in ["b", "A", "c", "d"] { _ = try await world.converse(topic, "Text") }
        for query in [
            "$orderby=topic&$top=2&$count=true", "$orderby=topic&$select=id,preview&$top=4", "$orderby=topic&$skip=9",
            "$orderby=topic&$select=topic&$expand=posts($select=id)", "$filter=topic eq 'a'&$count=true",
        ] {
            let known = try await world.send(.get, "/threads", query: query.replacing(" ", with: "%20"))
            let found = try await world.send(
                .get,
                "/threads",
                query: query.replacing(" ", with: "%20"),
                to: world.reading
            )
            #expect(found.status == 200)
            #expect(Self.withoutToken(found.json) == Self.withoutToken(known.json), "\(query)")
        }
        let count = try await world.send(.get, "/threads/$count", query: "$filter=topic%20gt%20'a'", to: world.reading)
        #expect(count.json == .integer(3))
    }

    private static func withoutToken(_ value: JSONValue) -> JSONValue {
        guard case .object(var members) = value else { return value }
        if let link = members["@odata.nextLink"]?.string {
            members["@odata.nextLink"] = .string(String(link.prefix { $0 != "?" }))
        }
        return .object(members)
    }

    @Test func `what is done here is said once for each kind`() async throws {
        let world = try await ReadingWorld()
        let thread = try await world.converse("Topic", "Text").thread
        for _ in 0..<3 {
            _ = try await world.walk("/threads", [("orderby", "topic")], to: world.reading)
            _ = try await world.walk("/threads/\(thread)/posts", [("filter", "hasAttachments")], to: world.reading)
        }
        #expect(world.notices.count == 2, "\(world.notices)")
    }

    @Test func `more than the limit is refused with a way out, and not read for ever`() async throws {
        let world = try await ReadingWorld(limit: 10)
        for number in 0..<12 { _ = try await world.converse("\(number)", "Text") }
        let answer = try await world.send(.get, "/threads", query: "$orderby=topic", to: world.reading)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["message"]?.string?.contains("more than 10") == true, "\(answer.json)")
        #expect(try await world.walk("/threads", [], to: world.reading).items.count == 12)
    }

    @Test func `the pages of one query do not change while they are read`() async throws {
        let world = try await ReadingWorld()
        for number in 0..<9 { _ = try await world.converse("\(number)", "Text") }
        let first = try await world.send(.get, "/threads", query: "$orderby=topic&$top=4", to: world.reading).json
        _ = try await world.converse("00", "New")
        let link = try #require(first["@odata.nextLink"]?.string)
        let query = try #require(link.split(separator: "?").last.map(String.init))
        let second = try await world.send(.get, "/threads", query: query, to: world.reading).json
        #expect(second["value"]?.elements?.map { $0["topic"]?.string } == ["4", "5", "6", "7"])
    }

    // MARK: What the service does itself

    @Test func `a service that does what it does not refuse is asked first`() async throws {
        let world = try await ReadingWorld(queries: .whenRefused)
        for topic in ["b", "a"] { _ = try await world.converse(topic, "Text") }
        // A strict store does not name its mode by itself; its server does.
        let answer = try await world.walk("/conversations", [("filter", "topic eq 'a'")], to: world.reading)
        #expect(answer.items.count == 1)
        #expect(world.notices.isEmpty)
        let refused = try await world.walk("/threads", [("filter", "topic eq 'a'")], to: world.reading)
        #expect(refused.items.count == 1)
        #expect(world.notices.count == 1)
    }

    // MARK: Links

    // Reference, section 17.
    @Test func `a link to another host is not followed and not handed on`() async throws {
        let page = #"{"value":[{"id":"a"}],"@odata.nextLink":"https://elsewhere.example/v1.0/groups?$skiptoken=x"}"#
        let service = AnsweringService { _ in GraphResponse(json: Array(page.utf8)) }
        let reading = ReadingService(service, root: ReadingWorld.root, queries: .always)
        for path in ["/groups", "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads"] {
            let error = await #expect(throws: NoAnswer.self) {
                try await reading.respond(to: AnsweringService.get(path, query: "$orderby=topic"))
            }
            #expect(error?.message.contains("https://elsewhere.example") == true)
            #expect(error?.message.contains("skiptoken") == false)
        }
    }

    @Test(arguments: [
        (#"{"@odata.nextLink":"ROOT/groups?a=b"}"#, #"{"@odata.nextLink":"http://localhost/v1.0/groups?a=b"}"#),
        (#"{"@odata.nextLink" : "ROOT\/groups"}"#, #"{"@odata.nextLink" : "http://localhost/v1.0/groups"}"#),
        (#"{"posts@odata.nextLink":"ROOT/x"}"#, #"{"posts@odata.nextLink":"http://localhost/v1.0/x"}"#),
        (#"{"a":"@odata.nextLink\":\"ROOT/x\""}"#, #"{"a":"@odata.nextLink\":\"ROOT/x\""}"#),
        (#"{"a":"@odata.nextLink","b":"ROOT/x"}"#, #"{"a":"@odata.nextLink","b":"ROOT/x"}"#),
        (
            #"{"@odata.context":"ROOT/$metadata#groups"}"#,
            #"{"@odata.context":"http://localhost/v1.0/$metadata#groups"}"#
        ),
        (#"{"@odata.context":"https://other.example/x"}"#, #"{"@odata.context":"https://other.example/x"}"#),
        (#"{"@odata.nextLink":null}"#, #"{"@odata.nextLink":null}"#),
        (#"{"@odata.nextLink":"ROOT"#, #"{"@odata.nextLink":"ROOT"#),
    ])
    func `links begin with the root that the request names, texts that look like links stay`(
        body: String,
        moved: String
    ) throws {
        let links = ServiceLinks(root: ReadingWorld.root)
        let given = GraphResponse(json: Array(body.replacing("ROOT", with: ReadingWorld.root).utf8))
        let response = try links.moved(given, to: GraphRequest.localServiceRoot)
        #expect(String(decoding: response.body, as: UTF8.self) == moved.replacing("ROOT", with: ReadingWorld.root))
    }
}

import GraphModel
import Testing

/// Reference, section 9: the table of query options, each cell with what our two modes answer.
@Suite struct QueryTableTests {
    /// A row of the table.
    struct Collection: Sendable, CustomTestStringConvertible {
        var name: String
        /// With `{t}`, `{c}` and `{p}` for a thread, a conversation and a post.
        var path: String
        var cells: [Cell]

        var testDescription: String { name }
    }

    /// An option, and the statuses with which it is answered.
    struct Cell: Sendable {
        var query: String
        var lenient: Int
        var strict: Int

        init(_ query: String, _ lenient: Int, _ strict: Int? = nil) {
            self.query = query
            self.lenient = lenient
            self.strict = strict ?? lenient
        }
    }

    private static let mailbox: [Cell] = [
        Cell("$orderby=hasAttachments", 200), Cell("$top=1", 200), Cell("$top=5000", 200), Cell("$skip=1", 200),
        Cell("$count=true", 200), Cell("$search=\"rest\"", 200, 400), Cell("$select=id", 200),
        Cell("$select=colour", 400), Cell("$format=json", 200), Cell("$colour=red", 400), Cell("colour=red", 200),
        Cell("TOP=1", 200),
    ]
    private static let directory: [Cell] = [
        Cell("$select=displayName", 200), Cell("$select=colour", 400), Cell("$top=999", 200), Cell("$top=1000", 400),
        Cell("$count=true", 200, 400), Cell("$colour=red", 400), Cell("$filter=id eq", 400),
    ]

    static let collections = [
        Collection(
            name: "G/conversations",
            path: "{G}/conversations",
            cells: mailbox + [
                Cell("$expand=threads", 200), Cell("$expand=posts", 400), Cell("$filter=hasAttachments eq false", 200),
            ]
        ),
        Collection(
            name: "G/threads",
            path: "{G}/threads",
            cells: mailbox + [
                Cell("$expand=posts", 200), Cell("$expand=threads", 400),
                Cell("$filter=hasAttachments eq false", 200, 501),
            ]
        ),
        Collection(
            name: "c/threads",
            path: "{G}/conversations/{c}/threads",
            cells: mailbox + [Cell("$expand=posts", 200), Cell("$filter=isLocked eq false", 200, 501)]
        ),
        Collection(
            name: "T/posts",
            path: "{G}/threads/{t}/posts",
            cells: mailbox + [
                Cell("$expand=attachments", 200), Cell("$expand=inReplyTo", 200),
                Cell("$expand=extensions($filter=id eq 'com.contoso.mood')", 200),
                Cell(
                    "$expand=singleValueExtendedProperties($filter=id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color')",
                    200
                ),
                Cell("$filter=hasAttachments eq false", 200, 501),
            ]
        ),
        Collection(
            name: "attachments",
            path: "{G}/threads/{t}/posts/{p}/attachments",
            cells: [
                Cell("$select=name", 200), Cell("$select=colour", 400), Cell("$filter=name eq 'a'", 400),
                Cell("$orderby=name", 400), Cell("$search=\"a\"", 400), Cell("$expand=colour", 400),
                Cell("$expand=microsoft.graph.itemattachment/item", 200),
            ]
        ),
        Collection(
            name: "/groups",
            path: "/groups",
            cells: directory + [
                Cell("$filter=groupTypes/any(c:c eq 'Unified')", 200), Cell("$orderby=displayName", 200),
                Cell("$search=\"displayName:sales\"", 200, 400), Cell("$expand=colour", 400),
            ]
        ),
        Collection(
            name: "members, owners, memberOf",
            path: "{G}/members",
            cells: directory + [
                Cell("$filter=startswith(displayName,'A')", 200, 400), Cell("$expand=colour", 400),
            ]
        ),
        Collection(
            name: "members, owners, memberOf",
            path: "{G}/owners",
            cells: directory + [Cell("$expand=colour", 400)]
        ),
        Collection(
            name: "members, owners, memberOf",
            path: "/me/memberOf",
            cells: directory + [Cell("$expand=colour", 400)]
        ),
        Collection(
            name: "accepted/rejectedSenders",
            path: "{G}/acceptedSenders",
            cells: [
                Cell("$select=id", 200), Cell("$expand=colour", 400), Cell("$filter=id eq 'x'", 400),
                Cell("$orderby=id", 400), Cell("$search=\"x\"", 400), Cell("$top=1", 200), Cell("$count=true", 200),
            ]
        ),
    ]

    @Test(arguments: collections, ServerMode.allCases)
    func `each collection takes the options of its row`(_ collection: Collection, _ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse("Rest", "Rest")
        let path = collection.path.replacing("{G}", with: graph.group).replacing("{c}", with: made.conversation)
            .replacing("{t}", with: made.thread).replacing("{p}", with: made.post)
        for cell in collection.cells {
            let expected = mode == .lenient ? cell.lenient : cell.strict
            let answer = try await graph.get(path, query: cell.query.replacing(" ", with: "%20"))
            #expect(answer.status == expected, "\(cell.query): \(answer.testDescription)")
        }
    }

    // Reference, section 9, the last column: default and largest pages.
    @Test(arguments: [("conversations", 20), ("threads", 20), ("threads/{t}/posts", 20)])
    func `a page of a mailbox has 20 items, or as many as are preferred`(_ path: String, _ size: Int) async throws {
        let graph = try await Fixture()
        var thread = ""
        for number in 0..<22 { thread = try await graph.converse("\(number)").thread }
        for _ in 0..<21 { _ = try await graph.reply(thread) }
        let path = "\(graph.group)/" + path.replacing("{t}", with: thread)
        let page = try await graph.get(path)
        #expect(page.items.count == size && page.next != nil)
        let all = try await graph.get(path, query: "$top=5000")
        #expect(all.items.count == 22 && all.next == nil)
        let preferred = try await graph.send(.get, path, headers: ["Prefer": "odata.maxpagesize=7"])
        #expect(preferred.items.count == 7 && preferred.next != nil)
        #expect(preferred.headers["Preference-Applied"] == "odata.maxpagesize=7")
    }

    // Reference, section 9: a plus sign is one in paths, and a space in queries; quotes are doubled.
    @Test func `a plus in a query is a space, and two quotes are one`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Adele's offsite, 'J'")
        let list = try await graph.get("\(graph.group)/threads", query: "$filter=topic+eq+'Adele''s+offsite%2C+''J'''")
        #expect(list.ids == [made.thread])
    }

    // Reference, section 9: system options are for GET only.
    @Test func `a write is not changed by options`() async throws {
        let graph = try await Fixture()
        let body = #"{"topic":"A","threads":[{"posts":[\#(Fixture.post("B"))]}]}"#
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body, query: "$top=1")
        #expect(answer.status == 201 && answer.json["topic"] == "A")
    }
}

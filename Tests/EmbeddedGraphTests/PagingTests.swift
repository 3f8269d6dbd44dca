import EmbeddedGraph
import GraphModel
import Testing

@Suite struct PagingTests {
    /// Walks from page to page, and does something between two of them.
    private func walk(
        _ graph: Fixture,
        _ path: String,
        query: String,
        between: (Int) async throws -> Void = { _ in }
    ) async throws -> [[String]] {
        var page = try await graph.get(path, query: query)
        var pages = [page.ids]
        var links: Set<String> = []
        while let next = page.next {
            try #require(links.insert(next.query).inserted, "a link came twice")
            #expect(!next.query.contains("{") && !page.items.isEmpty)
            try await between(pages.count)
            page = try await graph.get(next.path, query: next.query)
            try #require(page.status == 200)
            pages.append(page.ids)
        }
        return pages
    }

    private func fill(_ graph: Fixture, _ count: Int) async throws -> [Fixture.Made] {
        var made: [Fixture.Made] = []
        // All at one moment, so that only the ids tell them apart.
        for number in 0..<count { made.append(try await graph.converse("\(number)")) }
        return made
    }

    @Test func `pages together hold every item once, in order`() async throws {
        let graph = try await Fixture()
        let made = try await fill(graph, 25)
        for (path, ids) in [
            ("conversations", made.map(\.conversation)), ("threads", made.map(\.thread)),
        ] {
            let pages = try await walk(graph, "\(graph.group)/\(path)", query: "$top=10")
            #expect(pages.map(\.count) == [10, 10, 5])
            #expect(pages.joined().elementsEqual(ids.sorted(by: >)))
        }
        for _ in 1..<25 { _ = try await graph.reply(made[0].thread) }
        let posts = "\(graph.group)/threads/\(made[0].thread)/posts"
        let pages = try await walk(graph, posts, query: "$top=10")
        #expect(pages.map(\.count) == [10, 10, 5])
        try await #expect(pages.joined().elementsEqual(graph.get(posts, query: "$top=999").ids))
    }

    // Reference, section 9: default page; directory 100.
    @Test func `a page has 20 items and 999 at most, a page of groups 100`() async throws {
        let graph = try await Fixture()
        _ = try await fill(graph, 21)
        let path = "\(graph.group)/threads"
        try await #expect(graph.get(path).items.count == 20)
        try await #expect(graph.get(path, query: "$top=5000").items.count == 21)
        let none = try await graph.get(path, query: "$top=0")
        #expect(none.status == 200 && none.items.isEmpty && none.json["@odata.nextLink"] == nil)
        let groups = (0..<100).map { number in
            Group(
                id: GroupID.random(),
                displayName: "G",
                mailNickname: "g\(number)",
                created: GraphDate(microseconds: 0)
            )
        }
        _ = try await graph.store.importGroups(groups)
        let pages = try await walk(graph, "/groups", query: "")
        #expect(pages.map(\.count) == [100, 1] && Set(pages.joined()).count == 101)
        #expect(pages.joined().elementsEqual((groups.map(\.id.text) + [Fixture.group]).sorted()))
    }

    @Test func `new posts between two pages come at the end, once`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for _ in 1..<20 { _ = try await graph.reply(made.thread) }
        var added: [String] = []
        let path = "\(graph.group)/threads/\(made.thread)/posts"
        let before = try await graph.get(path).ids
        let pages = try await walk(graph, path, query: "$top=5") { number in
            if number < 4 { added.append(try await graph.reply(made.thread)) }
        }
        #expect(pages.joined().elementsEqual(before + added))
    }

    // Reference, sections 9 and 20 (g): keyset paging.
    @Test func `new and deleted conversations between two pages neither hide nor repeat the others`() async throws {
        let graph = try await Fixture()
        let made = try await fill(graph, 250)
        let ordered = made.map(\.conversation).sorted(by: >)
        let path = "\(graph.group)/conversations"
        var deleted: Set<String> = []
        let pages = try await walk(graph, path, query: "$top=50") { number in
            try graph.clock.set("2026-01-15T09:00:0\(number)Z")
            _ = try await graph.converse("New")
            // The item at which the next page begins to look, one already shown, and one still to come.
            for index in [number * 50 - 1, number * 50 - 10, number * 50 + 10] {
                deleted.insert(ordered[index])
                _ = try await graph.send(.delete, "\(path)/\(ordered[index])")
            }
        }
        let shown = Array(pages.joined())
        #expect(Set(shown).count == shown.count)
        #expect(Set(ordered).subtracting(deleted).isSubset(of: shown))
        #expect(Set(shown).isSubset(of: ordered))
    }

    // Reference, section 9: nextLink; $skip with a token; section 18.3, row 7.
    @Test func `a link repeats the options, keeps the way that was taken, and begins behind what was skipped`()
        async throws
    {
        let graph = try await Fixture()
        let made = try await fill(graph, 9)
        let ids = made.map(\.thread).sorted(by: >)
        let query = "$top=3&$skip=2&$select=topic&$filter=startswith(topic,'')&$count=true"
        let first = try await graph.get("\(graph.group)/threads", query: query)
        #expect(first.ids == Array(ids[2..<5]) && first.json["@odata.count"] == 9)
        let next = try #require(first.next)
        #expect(next.path == "\(graph.group)/threads")
        #expect(!next.query.contains("$skip=") && next.query.contains("$select=topic"))
        let second = try await graph.get(next.path, query: next.query)
        #expect(second.ids == Array(ids[5..<8]) && second.json["@odata.count"] == nil)
        #expect(second.items[0].names == ["id", "topic"])
        let last = try #require(second.next)
        let third = try await graph.get(last.path, query: last.query)
        #expect(third.ids == [ids[8]] && third.json["@odata.nextLink"] == nil)
    }

    @Test func `a link says its way without braces, whatever the request did`() async throws {
        let graph = try await Fixture()
        _ = try await fill(graph, 2)
        for path in [
            "/groups/{\(Fixture.group)}/threads", "/groups('{\(Fixture.group)}')/threads",
            "/me/joinedGroups/{\(Fixture.group)}/threads",
        ] {
            let pages = try await walk(graph, path, query: "$top=1")
            #expect(pages.count == 2)
            let link = try await graph.get(path, query: "$top=1").json["@odata.nextLink"]?.string
            #expect(link?.contains("{") == false)
        }
    }

    // Reference, section 9: $count=true.
    @Test func `counts are of all pages, and are given when asked for`() async throws {
        let graph = try await Fixture()
        let made = try await fill(graph, 3)
        _ = try await graph.reply(made[0].thread)
        for (path, count) in [
            ("/groups", 1), ("\(graph.group)/conversations", 3), ("\(graph.group)/threads", 3),
            ("\(graph.group)/conversations/\(made[0].conversation)/threads", 1),
            ("\(graph.group)/threads/\(made[0].thread)/posts", 2),
        ] {
            let answer = try await graph.get(path, query: "$count=true&$top=1")
            #expect(answer.status == 200 && answer.json["@odata.count"] == .integer(Int64(count)), "\(path)")
            try await #expect(graph.get(path, query: "$count=false").json["@odata.count"] == nil)
        }
    }
}

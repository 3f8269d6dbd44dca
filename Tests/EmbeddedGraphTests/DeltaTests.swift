import EmbeddedGraph
import GraphModel
import Testing

@Suite struct DeltaTests {
    /// Walks from a link to the delta link at the end.
    private func walk(
        _ graph: Fixture,
        _ path: String,
        query: String = ""
    ) async throws -> (items: [JSONValue], link: (path: String, query: String)) {
        var answer = try await graph.get(path, query: query)
        var items = answer.items
        var seen: Set<String> = []
        while let next = answer.next {
            #expect(seen.insert(next.query).inserted && !answer.items.isEmpty)
            answer = try await graph.get(next.path, query: next.query)
            items += answer.items
        }
        return (items, try #require(answer.deltaLink))
    }

    private func ids(_ items: [JSONValue]) -> [String] { items.compactMap { $0["id"]?.string } }

    // MARK: Groups

    // Reference, section 9 (delta).
    @Test(arguments: ["delta", "delta()", "microsoft.graph.delta()"])
    func `a first walk gives all groups, the next ones what has changed`(_ name: String) async throws {
        let graph = try await Fixture()
        let research = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"
        try await graph.add(research, "Research", nickname: "research")
        let first = try await walk(graph, "/groups/\(name)", query: "$select=displayName&$top=1")
        #expect(ids(first.items) == [Fixture.group, research])
        #expect(first.items[0].names == ["id", "displayName"])
        let none = try await walk(graph, first.link.path, query: first.link.query)
        #expect(none.items.isEmpty)
        _ = try await graph.send(.patch, graph.group, #"{"displayName":"Sales Europe"}"#)
        let second = try await walk(graph, none.link.path, query: none.link.query)
        #expect(second.items == [["id": .string(Fixture.group), "displayName": "Sales Europe"]])
    }

    @Test func `a deleted group is removed: changed while it can be restored, then deleted`() async throws {
        let graph = try await Fixture()
        let start = try await walk(graph, "/groups/delta")
        _ = try await graph.send(.delete, graph.group)
        let soft = try await walk(graph, start.link.path, query: start.link.query)
        #expect(soft.items == [["id": .string(Fixture.group), "@removed": ["reason": "changed"]]])
        _ = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        let back = try await walk(graph, soft.link.path, query: soft.link.query)
        #expect(back.items.first?["displayName"] == "Sales")
        _ = try await graph.send(.delete, graph.group)
        _ = try await graph.send(.delete, "/directory/deletedItems/\(Fixture.group)")
        let hard = try await walk(graph, back.link.path, query: back.link.query)
        #expect(hard.items == [["id": .string(Fixture.group), "@removed": ["reason": "deleted"]]])
        let new = try await walk(graph, "/groups/delta")
        #expect(new.items.isEmpty)
    }

    @Test func `members come and go when they are selected`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let alex = try await graph.addUser("Alex Wilber", "alex@contoso.example")
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan)")
        let start = try await walk(graph, "/groups/delta", query: "$select=displayName,members")
        #expect(start.items[0]["members@delta"] == [["@odata.type": "#microsoft.graph.user", "id": .string(megan)]])
        let without = try await walk(graph, "/groups/delta", query: "$select=displayName")
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(alex)")
        _ = try await graph.send(.delete, "\(graph.group)/members/\(megan)/$ref")
        let next = try await walk(graph, start.link.path, query: start.link.query)
        let user: JSONValue = "#microsoft.graph.user"
        let expected: [JSONValue] = [
            ["@odata.type": user, "id": .string(alex)],
            ["@odata.type": user, "id": .string(megan), "@removed": ["reason": "deleted"]],
        ]
        let got = try #require(next.items.first?["members@delta"]?.elements)
        #expect(got.count == 2 && expected.allSatisfy(got.contains))
        // Whoever does not ask for members is not told of them.
        try await #expect(walk(graph, without.link.path, query: without.link.query).items.isEmpty)
    }

    @Test func `up to 50 groups can be named by a filter, and nothing else filters`() async throws {
        let graph = try await Fixture()
        try await graph.add("5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22", "Research", nickname: "research")
        func filter(_ text: String) -> String { "$filter=" + PercentEncoding.encode(text) }
        let one = try await walk(graph, "/groups/delta", query: filter("id eq '\(Fixture.group)'"))
        #expect(ids(one.items) == [Fixture.group])
        _ = try await graph.send(.patch, "/groups/5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22", #"{"description":"x"}"#)
        try await #expect(walk(graph, one.link.path, query: one.link.query).items.isEmpty)
        let many = Array(repeating: "id eq '\(Fixture.group)'", count: 51).joined(separator: " or ")
        for text in [many, "displayName eq 'Sales'", "id ne '\(Fixture.group)'"] {
            try await #expect(graph.get("/groups/delta", query: filter(text)).isRefusal(400, .badRequest))
        }
    }

    @Test func `the latest token passes over what there is`() async throws {
        let graph = try await Fixture()
        let start = try await walk(graph, "/groups/delta", query: "$deltatoken=latest")
        #expect(start.items.isEmpty)
        try await graph.add("5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22", "Research", nickname: "research")
        let next = try await walk(graph, start.link.path, query: start.link.query)
        #expect(ids(next.items) == ["5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"])
    }

    @Test func `a token is good for 7 days; then the walk begins again where the answer says`() async throws {
        let graph = try await Fixture()
        let start = try await walk(graph, "/groups/delta", query: "$select=displayName")
        try graph.clock.set("2026-01-22T08:29:59Z")
        try await #expect(graph.get(start.link.path, query: start.link.query).status == 200)
        try graph.clock.set("2026-01-22T08:30:00Z")
        let late = try await graph.get(start.link.path, query: start.link.query)
        #expect(late.isRefusal(410, .syncStateNotFound) && late.message.contains("resyncRequired"))
        #expect(late.headers["Location"] == "\(Fixture.root)/groups/delta?$select=displayName")
    }

    @Test(arguments: ["$deltatoken=junk", "$skiptoken=WyJhIl0", "$orderby=displayName", "$search=a", "$expand=members"])
    func `what is no token or cannot be asked of changes is refused`(_ query: String) async throws {
        let graph = try await Fixture()
        let status = try await graph.get("/groups/delta", query: query).status
        #expect(status == 400 || status == 410)
        try await #expect(graph.get("/groups", query: "$deltatoken=latest").isRefusal(400, .badRequest))
    }

    // MARK: Conversations and posts

    @Test func `conversations change with each post, and are removed`() async throws {
        let graph = try await Fixture()
        let a = try await graph.converse("A")
        let b = try await graph.converse("B")
        let c = try await graph.converse("C")
        let path = "\(graph.group)/conversations/delta"
        let start = try await walk(graph, path, query: "$select=topic&$top=1")
        #expect(Set(ids(start.items)) == [a.conversation, b.conversation, c.conversation])
        _ = try await graph.reply(a.thread)
        let replied = try await walk(graph, start.link.path, query: start.link.query)
        #expect(replied.items == [["id": .string(a.conversation), "topic": "A"]])
        // The last one goes, and its row's number is given to the next.
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(c.conversation)")
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(a.conversation)")
        let d = try await graph.converse("D")
        let changed = try await walk(graph, replied.link.path, query: replied.link.query)
        #expect(Set(ids(changed.items)) == [a.conversation, c.conversation, d.conversation])
        for item in changed.items {
            let isGone = item["id"] != .string(d.conversation)
            #expect(item["@removed"] == (isGone ? ["reason": "deleted"] : nil))
        }
        try await #expect(walk(graph, changed.link.path, query: changed.link.query).items.isEmpty)
        let empty = try await graph.send(.post, "\(graph.group)/conversations", #"{"topic":"E"}"#).id()
        try await #expect(ids(walk(graph, changed.link.path, query: changed.link.query).items) == [empty])
    }

    @Test func `no conversation is missed that is written while the walk goes on`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations/delta"
        var all: Set<String> = []
        for number in 0..<5 { all.insert(try await graph.converse("\(number)").conversation) }
        var answer = try await graph.get(path, query: "$top=2")
        var seen = Set(answer.ids)
        while let next = answer.next {
            if seen.count < 5 { all.insert(try await graph.converse("more").conversation) }
            answer = try await graph.get(next.path, query: next.query)
            seen.formUnion(answer.ids)
        }
        let link = try #require(answer.deltaLink)
        seen.formUnion(try await ids(walk(graph, link.path, query: link.query).items))
        #expect(seen == all)
    }

    @Test func `changes of another group's conversations are not told`() async throws {
        let graph = try await Fixture()
        let research = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"
        try await graph.add(research, "Research", nickname: "research")
        let start = try await walk(graph, "\(graph.group)/conversations/delta")
        _ = try await graph.converse(in: "/groups/\(research)")
        try await #expect(walk(graph, start.link.path, query: start.link.query).items.isEmpty)
    }

    @Test func `the new posts of a thread are told, once each`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for parent in [
            "\(graph.group)/threads/\(made.thread)",
            "\(graph.group)/conversations/\(made.conversation)/threads/\(made.thread)",
        ] {
            let start = try await walk(graph, "\(parent)/posts/delta", query: "$select=body")
            #expect(ids(start.items).first == made.post)
            let one = try await graph.reply(made.thread, "One")
            let two = try await graph.reply(made.thread, "Two")
            let next = try await walk(graph, start.link.path, query: start.link.query + "&$top=1")
            #expect(ids(next.items) == [one, two])
            try await #expect(walk(graph, next.link.path, query: next.link.query).items.isEmpty)
        }
        let latest = try await walk(
            graph,
            "\(graph.group)/threads/\(made.thread)/posts/delta",
            query: "$deltatoken=latest"
        )
        let three = try await graph.reply(made.thread, "Three")
        try await #expect(ids(walk(graph, latest.link.path, query: latest.link.query).items) == [three])
    }
}

extension Answer {
    /// The path and query of the link to what changes from now on.
    fileprivate var deltaLink: (path: String, query: String)? {
        guard let link = json["@odata.deltaLink"]?.string, link.hasPrefix(Fixture.root) else { return nil }
        let parts = link.dropFirst(Fixture.root.count).split(separator: "?", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

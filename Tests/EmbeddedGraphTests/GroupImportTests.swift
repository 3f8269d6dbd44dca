import GraphModel
import Testing

@testable import EmbeddedGraph

@Suite struct GroupImportTests {
    private func group(
        _ digit: Character,
        _ name: String,
        _ nickname: String,
        types: [String] = ["Unified"]
    ) throws -> Group {
        Group(
            id: try #require(GroupID("\(String(repeating: digit, count: 8))-0e57-42dc-94c9-cd24f5306196")),
            displayName: name,
            description: nil,
            mail: "\(nickname)@contoso.example",
            mailNickname: nickname,
            groupTypes: types,
            created: GraphDate(microseconds: 0)
        )
    }

    @Test func `groups are made, brought up to date, or left as they are, by their ids`() async throws {
        let graph = try await Fixture()
        let a = try group("a", "A", "a")
        var b = try group("b", "B", "b")
        let first = try await graph.store.importGroups([a, b])
        #expect(first == EmbeddedGraph.GroupImport(created: 2))
        let again = try await graph.store.importGroups([a, b])
        #expect(again == EmbeddedGraph.GroupImport(unchanged: 2))
        b.displayName = "Board"
        b.description = "Those who decide"
        b.visibility = "HiddenMembership"
        let c = try group("c", "C", "c")
        let third = try await graph.store.importGroups([c, b, a])
        #expect(third == EmbeddedGraph.GroupImport(created: 1, updated: 1, unchanged: 1))
        let read = try await graph.get("/groups/\(b.id)")
        #expect(read.json["displayName"] == "Board" && read.json["description"] == "Those who decide")
        #expect(read.json["visibility"] == "HiddenMembership" && read.json["createdDateTime"] == "1970-01-01T00:00:00Z")
    }

    @Test func `a group brought up to date keeps its conversations`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let id = try #require(GroupID(Fixture.group))
        let renamed = Group(
            id: id,
            displayName: "Sales EMEA",
            mailNickname: "emea",
            created: GraphDate(microseconds: 0)
        )
        let result = try await graph.store.importGroups([renamed])
        #expect(result.updated == 1)
        try await #expect(graph.get("\(graph.group)/threads").ids == [made.thread])
        // The old nickname is free, the new one taken.
        let free = try await graph.send(.post, "/groups", #"{"displayName":"S","mailNickname":"sales"}"#)
        #expect(free.status == 201)
        try await #expect(graph.send(.post, "/groups", #"{"displayName":"S","mailNickname":"Emea"}"#).status == 400)
    }

    @Test func `one faulty group keeps all others out, and every fault is told with its place`() async throws {
        let graph = try await Fixture()
        let good = try group("a", "A", "a")
        let result = try await graph.store.importGroups([
            good, try group("b", "", "b"), try group("c", "C", "c c"), try group("d", "D", "SALES"),
            try group("e", "E", "A"),
        ])
        #expect(result.created == 0 && result.updated == 0 && result.unchanged == 0)
        #expect(result.faults.map(\.index) == [1, 2, 3, 4])
        #expect(result.faults[0].message.contains("displayName"))
        #expect(result.faults[1].message.contains("mailNickname 'c c'"))
        #expect(result.faults[2].message.contains(Fixture.group))
        #expect(result.faults[3].message.contains(good.id.text))
        try await #expect(graph.get("/groups").ids == [Fixture.group])
    }

    @Test func `an id that stands twice or thrice is told with the row where it stood first`() async throws {
        let graph = try await Fixture()
        let result = try await graph.store.importGroups([
            try group("b", "B", "b"), try group("a", "A", "a"), try group("a", "A", "a"), try group("a", "C", "c"),
        ])
        #expect(result.faults.map(\.index) == [2, 3])
        #expect(result.faults.allSatisfy { $0.message.hasSuffix("first in row 2") })
    }

    @Test func `groups may exchange their nicknames, or hand them on`() async throws {
        let graph = try await Fixture()
        _ = try await graph.store.importGroups([try group("a", "A", "x"), try group("b", "B", "y")])
        let exchanged = try await graph.store.importGroups([try group("a", "A", "Y"), try group("b", "B", "x")])
        #expect(exchanged == EmbeddedGraph.GroupImport(updated: 2))
        let query = "$filter=mailNickname+eq+'y'"
        try await #expect(graph.get("/groups", query: query).ids == [group("a", "A", "Y").id.text])
        let handed = try await graph.store.importGroups([try group("c", "C", "x"), try group("b", "B", "z")])
        #expect(handed == EmbeddedGraph.GroupImport(created: 1, updated: 1))
        // A nickname that its owner keeps is not handed on.
        let kept = try await graph.store.importGroups([try group("d", "D", "y"), try group("a", "A", "y")])
        #expect(kept.faults.map(\.index) == [0])
        let twice = try await graph.store.importGroups([try group("d", "D", "new"), try group("e", "E", "New")])
        #expect(twice.faults.map(\.index) == [1])
    }

    @Test func `many groups are imported at once, and nothing is an import too`() async throws {
        let graph = try await Fixture()
        let groups = (0..<2000).map { number in
            Group(
                id: GroupID.random(),
                displayName: "Group \(number)",
                mailNickname: "group-\(number)",
                created: GraphDate(microseconds: 0)
            )
        }
        let result = try await graph.store.importGroups(groups)
        #expect(result.created == 2000)
        try await #expect(graph.get("/groups", query: "$count=true&$top=1").json["@odata.count"] == 2001)
        let nothing = try await graph.store.importGroups([])
        #expect(nothing == EmbeddedGraph.GroupImport())
    }
}

import EmbeddedGraph
import GRDB
import GraphModel
import Testing

// Reference, section 9 ($search).
@Suite struct SearchTests {
    private func search(_ graph: Fixture, _ text: String, in path: String? = nil) async throws -> [String] {
        let answer = try await graph.get(
            (path ?? graph.group) + "/conversations",
            query: "$count=true&$search=\(PercentEncoding.encode(text))"
        )
        #expect(answer.status == 200 && answer.json["@odata.count"] == .integer(Int64(answer.ids.count)), "\(answer)")
        return answer.ids
    }

    @Test func `what was just written is found, and what was deleted is not`() async throws {
        let graph = try await Fixture()
        let first = try await graph.converse("Lunch", "Pudding")
        try await #expect(search(graph, "pudding") == [first.conversation])
        let second = try await graph.converse("Dinner", "Soup and pudding")
        try await #expect(Set(search(graph, "PUD")) == [first.conversation, second.conversation])
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(second.conversation)")
        // The row of the last post is free again, and the next one takes it.
        let third = try await graph.converse("Supper", "Bread")
        try await #expect(search(graph, "pudding") == [first.conversation])
        try await #expect(search(graph, "bread") == [third.conversation])
        try await #expect(search(graph, "soup") == [])
    }

    @Test func `the words of a body may be spread over its posts, those of a topic may not`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Quarterly report", "Numbers")
        _ = try await graph.reply(made.thread, "Letters")
        for (text, isFound) in [
            (#""numbers letters""#, true), (#""body:numbers letters""#, true), (#""topic:quarterly report""#, true),
            (#""quarterly letters""#, false), ("quarterly AND letters", true), ("quarterly AND NOT letters", false),
            ("absent OR letters", true), (#""topic:letters""#, false), (#""body:report""#, false),
            ("NOT absent", true), ("uarterly", false),
        ] {
            try await #expect(search(graph, text) == (isFound ? [made.conversation] : []), "\(text)")
            let threads = try await graph.get(
                "\(graph.group)/threads",
                query: "$search=\(PercentEncoding.encode(text))"
            )
            #expect(threads.ids == (isFound ? [made.thread] : []), "\(text)")
        }
    }

    @Test func `markup is not searched, and symbols are words`() async throws {
        let graph = try await Fixture()
        let body =
            #"{"topic":"T","threads":[{"posts":[{"body":{"contentType":"html","content":"<p class='blue'>Cr&egrave;me 🎉 50% \"quoted\"</p>"}}]}]}"#
        let id = try await graph.send(.post, "\(graph.group)/conversations", body).id()
        for text in ["crème", "🎉", "50%", "quoted", "CRÈME"] {
            try await #expect(search(graph, text) == [id], "\(text)")
        }
        for text in ["class", "blue", "creme"] { try await #expect(search(graph, text) == [], "\(text)") }
    }

    @Test func `a group's search finds nothing of another, and a topic without posts is found`() async throws {
        let graph = try await Fixture()
        let research = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"
        try await graph.add(research, "Research", nickname: "research")
        let there = try await graph.converse("Pudding", in: "/groups/\(research)")
        let empty = try await graph.send(.post, "\(graph.group)/conversations", #"{"topic":"Pudding"}"#).id()
        try await #expect(search(graph, "pudding") == [empty])
        try await #expect(search(graph, "pudding", in: "/groups/\(research)") == [there.conversation])
        try await #expect(graph.get("\(graph.group)/threads", query: "$search=NOT%20absent").ids == [])
    }

    @Test func `more posts than one portion holds are all taken in`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", "first")
        for number in 0..<1100 { _ = try await graph.reply(made.thread, "word\(number)x") }
        for number in [0, 499, 500, 501, 1099] {
            try await #expect(search(graph, "word\(number)x") == [made.conversation])
        }
    }

    @Test func `a file that was compacted is searched as before`() async throws {
        let graph = try await Fixture()
        let gone = try await graph.converse("Gone", "Pudding")
        let first = try await graph.converse("First", "Soup")
        let second = try await graph.converse("Second", "Bread")
        try await #expect(search(graph, "soup") == [first.conversation])
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(gone.conversation)")
        // Compacting numbers the rows anew where there are gaps.
        let file = try DatabaseQueue(path: graph.path)
        try await file.writeWithoutTransaction { db in try db.execute(sql: "VACUUM") }
        try file.close()
        let third = try await graph.converse("Third", "Cake")
        for (text, made) in [("soup", first), ("bread", second), ("cake", third)] {
            try await #expect(search(graph, text) == [made.conversation])
        }
        try await #expect(search(graph, "pudding") == [])
    }

    @Test func `a search within an expansion knows what was just written`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Lunch", "Pudding")
        let query = "$expand=threads($search=pudding)"
        let list = try await graph.get("\(graph.group)/conversations", query: query)
        #expect(list.items[0]["threads"]?[0]?["id"] == .string(made.thread))
    }
}

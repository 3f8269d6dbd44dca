import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 2.1, rows 4 and 6; section 2.2, what goes in `threads/{id}`.
@Suite struct ChosenIDTests {
    private static let id = "AAQkADYzNTRmYzFhLTAyMWQtNDM1YS1iMjdh-LWFi_ABC="
    private static let body = #"{"topic":"Old","threads":[{"posts":[\#(Fixture.post("Hello"))]}]}"#

    @Test func `a conversation keeps the id that an import gives it, and is answered within value`() async throws {
        let graph = try await Fixture()
        let encoded = PercentEncoding.encode(Self.id)
        let path = "\(graph.group)/conversations/\(encoded)"
        let answer = try await graph.send(.post, path, Self.body)
        #expect(answer.status == 201 && answer.headers["Location"] == Fixture.root + path)
        #expect(answer.json.names == ["@odata.context", "value"])
        let value = try #require(answer.json["value"])
        #expect(value["id"]?.string == Self.id && value["topic"] == "Old" && value["uniqueSenders"] == ["Adele Vance"])
        #expect(value["threads@odata.context"]?.string == "\(graph.context)/conversations('\(encoded)')/threads")
        let thread = try #require(value["threads"]?[0]?["id"]?.string)
        #expect(try await graph.get(path).json["topic"] == "Old")
        let threads = try await graph.get("\(path)/threads")
        #expect(threads.ids == [thread])
        #expect(threads.json["@odata.context"]?.string == "\(graph.context)/conversations('\(encoded)')/threads")
        let posts = try await graph.get("\(graph.group)/threads/\(thread)/posts", query: "$select=conversationId")
        #expect(posts.items[0]["conversationId"]?.string == Self.id)
        #expect(try await graph.send(.delete, path).status == 204)
    }

    @Test func `an id that is taken is refused, whatever the group`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations/Old-1"
        #expect(try await graph.send(.post, path, Self.body).status == 201)
        #expect(try await graph.send(.post, path, Self.body).isRefusal(409, .itemExists))
        let staff = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"
        try await graph.add(staff, "Staff", nickname: "staff")
        let other = try await graph.send(.post, "/groups/\(staff)/conversations/Old-1", Self.body)
        #expect(other.isRefusal(409, .itemExists))
        #expect(try await graph.get("\(graph.group)/conversations").ids == ["Old-1"])
    }

    @Test func `an id that breaks the alphabet, is too long or is of another kind is refused`() async throws {
        let graph = try await Fixture()
        for id in ["a.b", "a%20b", "%C3%A4", String(repeating: "a", count: 513)] {
            let answer = try await graph.send(.post, "\(graph.group)/conversations/\(id)", Self.body)
            #expect(answer.isRefusal(400, .malformedID))
        }
        let thread = try await graph.converse().thread
        let answer = try await graph.send(.post, "\(graph.group)/conversations/\(thread)", Self.body)
        #expect(answer.isRefusal(400, .invalidOperation))
    }

    @Test func `only who may post chooses ids`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations/Old-1"
        #expect(try await graph.send(.post, path, Self.body, by: graph.application).isRefusal(403, .accessDenied))
        _ = try await graph.send(.patch, graph.group, #"{"visibility":"Private"}"#)
        #expect(try await graph.send(.post, path, Self.body, by: graph.member).isRefusal(403, .accessDenied))
    }

    @Test func `a conversation's id stands for its first thread, chosen or not`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        _ = try await graph.send(.post, "\(graph.group)/conversations/Old-1", Self.body)
        for conversation in [made.conversation, "Old-1"] {
            let first = try #require(
                try await graph.get("\(graph.group)/conversations/\(conversation)/threads").ids.first
            )
            try graph.clock.set("2026-01-15T09:00:00Z")
            let body = #"{"posts":[\#(Fixture.post("Second"))]}"#
            let second = try await graph.send(.post, "\(graph.group)/conversations/\(conversation)/threads", body)
            #expect(second.status == 201)
            let thread = try await graph.get("\(graph.group)/threads/\(conversation)")
            #expect(thread.json["id"]?.string == first)
            #expect(try await graph.get("\(graph.group)/threads/\(conversation)/posts").items.count == 1)
            let reply = try await graph.reply(conversation)
            #expect(try await graph.get("\(graph.group)/threads/\(first)/posts").ids.last == reply)
        }
    }

    // Reference, section 2.2: POST threads under a conversation.
    @Test func `a thread started in a conversation is answered whole, with the conversation's topic`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Topic")
        let body = #"{"topic":"Other","posts":[\#(Fixture.post("Second"))]}"#
        let answer = try await graph.send(.post, "\(graph.group)/conversations/\(made.conversation)/threads", body)
        #expect(answer.status == 201)
        let read = try await graph.get("\(graph.group)/threads/\(try answer.id())")
        #expect(read.json["topic"] == "Topic" && read.json["preview"] == "Second")
        #expect(read.json.names.allSatisfy { answer.json[$0] == read.json[$0] })
    }
}

import GraphModel
import Testing

@Suite struct ConversationTests {
    // Reference, section 4.1: POST G/conversations; section 5.1.
    @Test func `a new conversation is answered with all its properties and the ids of its thread and post`()
        async throws
    {
        let graph = try await Fixture()
        let body = """
            {"topic":"Plan","threads":[{"posts":[{"@odata.type":"#microsoft.graph.post",
             "body":{"contentType":"html","content":"<p>One</p><p>Two &amp; three</p>"},
             "newParticipants":[{"emailAddress":{"name":"Alex","address":"alex@contoso.example"}}],
             "attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"f.txt","contentBytes":"aGVsbG8="}]}]}]}
            """
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
        let id = try answer.id()
        let thread = try #require(answer.json["threads"]?[0]?["id"]?.string)
        let post = try #require(answer.json["threads"]?[0]?["posts"]?[0]?["id"]?.string)
        #expect(answer.status == 201)
        #expect(answer.headers["Location"] == "\(Fixture.root)\(graph.group)/conversations/\(id)")
        #expect(
            answer.json == [
                "@odata.context": "\(graph.context)/conversations/$entity", "id": "\(id)", "topic": "Plan",
                "hasAttachments": true, "lastDeliveredDateTime": "2026-01-15T08:30:00Z",
                "uniqueSenders": ["Adele Vance"], "preview": "One\r\nTwo & three",
                "threads@odata.context": "\(graph.context)/conversations('\(id)')/threads",
                "threads": [["id": "\(thread)", "posts": [["id": "\(post)"]]]],
            ]
        )
        #expect(answer.text.hasPrefix(#"{"@odata.context":"#))
    }

    @Test func `ids are one letter for the kind and 22 characters that need no encoding`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for (id, kind) in [(made.conversation, "C"), (made.thread, "T"), (made.post, "P")] {
            #expect(id.hasPrefix(kind) && id.count == 23)
            #expect(PercentEncoding.encode(id) == id)
        }
    }

    // Reference, section 4.1: GET G/conversations and GET G/conversations/{c}.
    @Test func `what was made is read at once, by its id and in the list`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Plan", "Text", by: graph.member)
        let shape: JSONValue = [
            "id": "\(made.conversation)", "topic": "Plan", "hasAttachments": false,
            "lastDeliveredDateTime": "2026-01-15T08:30:00Z", "uniqueSenders": ["Megan Bowen"], "preview": "Text",
        ]
        let list = try await graph.get("\(graph.group)/conversations")
        #expect(list.json == ["@odata.context": "\(graph.context)/conversations", "value": [shape]])
        let one = try await graph.get("\(graph.group)/conversations/\(made.conversation)")
        #expect(one.json["@odata.context"] == "\(graph.context)/conversations/$entity")
        #expect(one.json.names == shape.names.union(["@odata.context"]))
        #expect(shape.names.allSatisfy { one.json[$0] == shape[$0] })
    }

    // Reference, section 2.1, row 10.
    @Test func `a conversation without a thread has a topic and nothing else, until a thread is added`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "\(graph.group)/conversations", #"{"topic":"Later"}"#)
        let id = try answer.id()
        #expect(answer.status == 201)
        #expect(answer.json["threads"] == [] && answer.json["uniqueSenders"] == [] && answer.json["preview"] == "")
        try await #expect(graph.get("\(graph.group)/conversations/\(id)/threads").items.isEmpty)
        try await #expect(graph.get("\(graph.group)/threads/\(id)").isRefusal(404, .itemNotFound))
        let path = "\(graph.group)/conversations/\(id)"
        let thread = try await graph.send(.post, "\(path)/threads", #"{"posts":[\#(Fixture.post("Now"))]}"#)
        #expect(thread.status == 201 && thread.json["topic"] == "Later")
        let read = try await graph.get(path)
        #expect(read.json["preview"] == "Now" && read.json["uniqueSenders"] == ["Adele Vance"])
    }

    @Test func `the newest conversation comes first, and a reply brings an old one up`() async throws {
        let graph = try await Fixture()
        let first = try await graph.converse("First")
        try graph.clock.set("2026-01-15T09:00:00Z")
        let second = try await graph.converse("Second")
        let path = "\(graph.group)/conversations"
        try await #expect(graph.get(path).ids == [second.conversation, first.conversation])
        try graph.clock.set("2026-01-15T10:00:00Z")
        _ = try await graph.reply(first.thread, "Again", by: graph.member)
        let list = try await graph.get(path)
        #expect(list.ids == [first.conversation, second.conversation])
        #expect(list.items[0]["preview"] == "Again")
        #expect(list.items[0]["lastDeliveredDateTime"] == "2026-01-15T10:00:00Z")
        #expect(list.items[0]["uniqueSenders"] == ["Adele Vance", "Megan Bowen"])
    }

    // Reference, section 4.1: DELETE G/conversations/{c}.
    @Test func `a deleted conversation is gone with its threads and posts`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let other = try await graph.converse("Other")
        let path = "\(graph.group)/conversations/\(made.conversation)"
        let answer = try await graph.send(.delete, path)
        #expect(answer.status == 204 && answer.response.body.isEmpty && answer.headers["Content-Type"] == nil)
        for gone in [path, "\(graph.group)/threads/\(made.thread)", "\(graph.group)/threads/\(made.thread)/posts"] {
            try await #expect(graph.get(gone).isRefusal(404, .itemNotFound))
        }
        try await #expect(graph.send(.delete, path).isRefusal(404, .itemNotFound))
        try await #expect(graph.get("\(graph.group)/threads").ids == [other.thread])
    }

    @Test func `a conversation belongs to one group alone`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let other = "0a1b2c3d-0e57-42dc-94c9-cd24f5306196"
        try await graph.add(other, "Other", nickname: "other")
        for path in ["conversations/\(made.conversation)", "threads/\(made.thread)", "threads/\(made.thread)/posts"] {
            try await #expect(graph.get("/groups/\(other)/\(path)").isRefusal(404, .itemNotFound))
        }
        try await #expect(
            graph.send(.delete, "/groups/\(other)/conversations/\(made.conversation)").isRefusal(404, .itemNotFound)
        )
        try await #expect(graph.get("/groups/\(other)/conversations").items.isEmpty)
    }

    // Reference, section 2.1, rows 7, 9 and 10.
    @Test(arguments: [
        // Documents of all ages print these.
        #"{"Topic":"T","Threads":[{"Posts":[{"Body":{"ContentType":"HTML","Content":"x"}}]}]}"#,
        #"{"topic":"T","threads":[{"posts":[{"body":{"contentType":"","content":"x"},"newParticipants":[]}]}]}"#,
        #"{"@odata.type":"Microsoft.OutlookServices.Conversation","topic":"T","threads":[{"posts":[{"body":{"content":"x"}}]}]}"#,
        #"{"topic":"T","id":"mine","hasAttachments":true,"preview":"p","uniqueSenders":["u"],"lastDeliveredDateTime":"2026-01-01T00:00:00Z","threads":[{"posts":[{"receivedDateTime":"x","changeKey":"k","categories":[],"body":{"content":"x"}}]}]}"#,
        #"{"topic":"T","unheardOf":{"a":[1]},"threads":[{"posts":[{"body":{"content":"x"},"unheardOf":1}]}]}"#,
    ])
    func `bodies are taken in every spelling that documents and clients use`(_ body: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
        #expect(answer.status == 201)
        #expect(answer.json["topic"] == "T" && answer.json["preview"] == "x")
        #expect(answer.json["id"] != "mine" && answer.json["hasAttachments"] == false)
        #expect(answer.json["lastDeliveredDateTime"] == "2026-01-15T08:30:00Z")
    }

    @Test func `a topic may be empty or absent, and has 255 characters at most`() async throws {
        let graph = try await Fixture()
        let threads = #""threads":[{"posts":[\#(Fixture.post("x"))]}]"#
        let path = "\(graph.group)/conversations"
        try await #expect(graph.send(.post, path, "{\(threads)}").json["topic"] == "")
        let longest = String(repeating: "é", count: 255)
        try await #expect(
            graph.send(.post, path, #"{"topic":"\#(longest)",\#(threads)}"#).json["topic"]?.string == longest
        )
        let answer = try await graph.send(.post, path, #"{"topic":"\#(longest)x",\#(threads)}"#)
        #expect(answer.isRefusal(400, .badRequest) && answer.target == "/topic")
    }

    @Test func `a conversation with two threads, or a thread with two posts or none, is refused`() async throws {
        let graph = try await Fixture()
        let post = Fixture.post("x")
        for (threads, target) in [
            (#"[{"posts":[\#(post)]},{"posts":[\#(post)]}]"#, "/threads/1"),
            (#"[{"posts":[\#(post),\#(post)]}]"#, "/threads/0/posts/1"), (#"[{"posts":[]}]"#, "/threads/0"),
            ("[{}]", "/threads/0"),
        ] {
            let answer = try await graph.send(.post, "\(graph.group)/conversations", #"{"threads":\#(threads)}"#)
            #expect(answer.isRefusal(400, .badRequest) && answer.target == target)
        }
        try await #expect(graph.get("\(graph.group)/conversations").items.isEmpty)
    }
}

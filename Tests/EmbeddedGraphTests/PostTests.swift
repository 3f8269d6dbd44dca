import GraphModel
import Testing

@Suite struct PostTests {
    private func posts(_ graph: Fixture, _ made: Fixture.Made) -> String {
        "\(graph.group)/threads/\(made.thread)/posts"
    }

    // Reference, section 4.1: GET T/posts and GET T/posts/{p}; section 5.6.
    @Test func `a post is shown with an etag, nulls for nothing, and lower-case content types`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", "Hello", by: graph.member)
        let megan: JSONValue = ["emailAddress": ["name": "Megan Bowen", "address": "megan@contoso.example"]]
        let list = try await graph.get(posts(graph, made))
        let key = try #require(list.items[0]["changeKey"]?.string)
        let shape: JSONValue = [
            "@odata.etag": "W/\"\(key)\"", "id": "\(made.post)", "createdDateTime": "2026-01-15T08:30:00Z",
            "lastModifiedDateTime": "2026-01-15T08:30:00Z", "changeKey": "\(key)", "categories": [],
            "receivedDateTime": "2026-01-15T08:30:00Z", "hasAttachments": false,
            "body": ["contentType": "text", "content": "Hello"], "from": megan, "sender": megan,
        ]
        #expect(
            list.json == ["@odata.context": "\(graph.context)/threads('\(made.thread)')/posts", "value": [shape]]
        )
        let one = try await graph.get("\(posts(graph, made))/\(made.post)")
        #expect(one.json["@odata.context"] == "\(graph.context)/threads('\(made.thread)')/posts/$entity")
        #expect(one.json.names == shape.names.union(["@odata.context"]))
        #expect(shape.names.allSatisfy { one.json[$0] == shape[$0] })
        try await #expect(
            graph.get("\(graph.group)/conversations/\(made.conversation)/threads/\(made.thread)/posts").json
                == list.json
        )
    }

    // Reference, section 3.3.
    @Test func `where a post belongs and whom it brought in are shown when selected`() async throws {
        let graph = try await Fixture()
        let people = #""newParticipants":[{"emailAddress":{"address":"alex@contoso.example"}}]"#
        let made = try await graph.converse(post: people)
        let post = try await graph.get(
            "\(posts(graph, made))/\(made.post)",
            query: "$select=conversationId,ConversationThreadId,newParticipants"
        )
        #expect(post.json["conversationId"]?.string == made.conversation)
        #expect(post.json["conversationThreadId"]?.string == made.thread)
        #expect(
            post.json["newParticipants"] == [["emailAddress": ["name": nil, "address": "alex@contoso.example"]]]
        )
        #expect(post.json["body"] == nil && post.json["id"]?.string == made.post)
    }

    // Reference, section 4.1: POST T/reply and POST T/posts/{p}/reply; section 5.3.
    @Test func `a reply is accepted without a body, and headers name the post`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        for (place, name) in [("reply", "post"), ("posts/\(made.post)/reply", "Post")] {
            let body = #"{"\#(name)":{"body":{"contentType":"HTML","content":"<b>Yes</b>"}}}"#
            let answer = try await graph.send(.post, "\(path)/\(place)", body)
            let id = try #require(answer.headers["x-post-id"])
            #expect(answer.status == 202 && answer.response.body.isEmpty && answer.headers["Content-Type"] == nil)
            #expect(answer.headers["Location"] == "\(Fixture.root)\(path)/posts/\(id)")
            let post = try await graph.get("\(path)/posts/\(id)")
            #expect(post.json["body"] == ["contentType": "html", "content": "<b>Yes</b>"])
        }
        try await #expect(graph.get("\(path)/posts").items.count == 3)
    }

    @Test func `a reply brings its thread and its conversation up to date`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", "One")
        try graph.clock.set("2026-01-15T09:30:00Z")
        _ = try await graph.reply(
            made.thread,
            "Two",
            by: graph.member,
            post: #""attachments":[{"name":"a.txt","contentBytes":"YQ=="}]"#
        )
        try graph.clock.set("2026-01-15T09:40:00Z")
        _ = try await graph.reply(made.thread, "Three", by: graph.member)
        for path in ["threads/\(made.thread)", "conversations/\(made.conversation)"] {
            let answer = try await graph.get("\(graph.group)/\(path)")
            #expect(answer.json["preview"] == "Three")
            #expect(answer.json["uniqueSenders"] == ["Adele Vance", "Megan Bowen"])
            #expect(answer.json["lastDeliveredDateTime"] == "2026-01-15T09:40:00Z")
            #expect(answer.json["hasAttachments"] == true)
        }
        let list = try await graph.get(posts(graph, made))
        #expect(list.items.map { $0["hasAttachments"] } == [false, true, false])
    }

    @Test func `time in a thread moves on when the clock goes back`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", "1")
        try graph.clock.set("2025-12-31T23:00:00Z")
        var ids = [made.post]
        for number in 2...5 { ids.append(try await graph.reply(made.thread, "\(number)")) }
        let list = try await graph.get(posts(graph, made))
        #expect(list.ids == ids && ids == ids.sorted())
        #expect(list.items.allSatisfy { $0["createdDateTime"] == "2026-01-15T08:30:00Z" })
        for path in ["threads/\(made.thread)", "conversations/\(made.conversation)"] {
            let answer = try await graph.get("\(graph.group)/\(path)")
            #expect(answer.json["preview"] == "5")
            #expect(answer.json["lastDeliveredDateTime"] == "2026-01-15T08:30:00Z")
        }
        try graph.clock.set("2026-01-15T08:31:00Z")
        let last = try await graph.reply(made.thread, "6")
        let post = try await graph.get("\(posts(graph, made))/\(last)")
        #expect(post.json["createdDateTime"] == "2026-01-15T08:31:00Z")
    }

    @Test func `HTML is served clean, and previewed as text`() async throws {
        let graph = try await Fixture()
        let html =
            #"<p onclick='x()'>See&nbsp;<a href='https://example.com/'>here</a></p><script>bad()</script><p>B</p>"#
        let answer = try await graph.send(
            .post,
            "\(graph.group)/threads",
            #"{"topic":"T","posts":[{"body":{"contentType":"html","content":"\#(html)"}}]}"#
        )
        #expect(answer.json["preview"] == "See here\r\nB")
        let list = try await graph.get("\(graph.group)/threads/\(answer.id())/posts")
        let content = try #require(list.items[0]["body"]?["content"]?.string)
        #expect(content.contains("https://example.com/") && content.contains("<p>B</p>"))
        #expect(!content.contains("script") && !content.contains("onclick") && !content.contains("<html"))
    }

    @Test func `a preview has 255 UTF-16 units at most, and whole characters`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", String(repeating: "x", count: 254) + "👍🏽tail")
        let preview = try await graph.get("\(graph.group)/threads/\(made.thread)").json["preview"]?.string
        #expect(preview == String(repeating: "x", count: 254))
        let exact = try await graph.converse("T", String(repeating: "y", count: 255))
        let whole = try await graph.get("\(graph.group)/threads/\(exact.thread)").json["preview"]?.string
        #expect(whole?.count == 255)
    }

    @Test func `content comes back to the byte`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Zoë 👍", #"a\u0000b\r\n\t\"\\\/ \ud83d\ude00 ÿ"#)
        let list = try await graph.get(posts(graph, made))
        #expect(list.items[0]["body"]?["content"]?.string == "a\u{0}b\r\n\t\"\\/ 😀 ÿ")
        try await #expect(graph.get("\(graph.group)/conversations").items[0]["topic"] == "Zoë 👍")
    }

    @Test func `an extended property is shown only when it is asked for by its id`() async throws {
        let graph = try await Fixture()
        let id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"
        let made = try await graph.converse(
            post: #""singleValueExtendedProperties":[{"id":"\#(id)","value":"Green"},{"id":"\#(id)2","value":"Red"}]"#
        )
        func expanded(_ id: String, _ place: String = "") async throws -> JSONValue? {
            let filter = PercentEncoding.encode("singleValueExtendedProperties($filter=id eq '\(id)')")
            let answer = try await graph.get(posts(graph, made) + place, query: "$expand=\(filter)")
            return (place.isEmpty ? answer.items[0] : answer.json)["singleValueExtendedProperties"]
        }
        let green: JSONValue = [["id": "\(id)", "value": "Green"]]
        try await #expect(expanded(id) == green)
        try await #expect(expanded(id, "/\(made.post)") == green)
        // Type and GUID in any letter case, but not the name.
        try await #expect(expanded("string {66F5A359-4659-4830-9070-00047EC6AC6E} name Color") == green)
        try await #expect(expanded("String {66f5a359-4659-4830-9070-00047ec6ac6e} Name color") == [])
        let plain = try await graph.get(posts(graph, made))
        #expect(plain.items[0]["singleValueExtendedProperties"] == nil)
    }
}

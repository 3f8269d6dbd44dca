import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 4.1: GET T/posts/{p}/inReplyTo and what stands behind it.
@Suite struct InReplyToTests {
    @Test func `a reply leads to the post that it answers, and the first post to none`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Topic", "First")
        let reply = try await graph.reply(made.thread)
        for root in ["threads/\(made.thread)", "conversations/\(made.conversation)/threads/\(made.thread)"] {
            let posts = "\(graph.group)/\(root)/posts"
            let answer = try await graph.get("\(posts)/\(reply)/inReplyTo", query: "$select=body")
            #expect(answer.status == 200 && answer.json["id"] == "\(made.post)")
            #expect(answer.json["body"]?["content"] == "First")
            for path in ["inReplyTo", "inReplyTo/attachments", "inReplyTo/attachments/$count"] {
                #expect(try await graph.get("\(posts)/\(made.post)/\(path)").isRefusal(404, .itemNotFound))
            }
        }
    }

    @Test func `the post that is answered can be replied to and forwarded`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Topic", "First")
        let reply = try await graph.reply(made.thread)
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        let body = #"{"post":\#(Fixture.post("Third"))}"#
        let answer = try await graph.send(.post, "\(posts)/\(reply)/inReplyTo/reply", body)
        let third = try #require(answer.headers["x-post-id"])
        #expect(answer.status == 202)
        #expect(try await graph.get("\(posts)/\(third)/inReplyTo").json["id"] == "\(made.post)")
        let people = #"{"toRecipients":[{"emailAddress":{"address":"alex@contoso.example"}}]}"#
        #expect(try await graph.send(.post, "\(posts)/\(reply)/inReplyTo/forward", people).status == 200)
        #expect(try await graph.store.outboundMail().map(\.post) == [made.post])
        #expect(
            try await graph.send(.post, "\(posts)/\(made.post)/inReplyTo/forward", people).isRefusal(404, .itemNotFound)
        )
    }

    @Test func `the attachments of the post that is answered are read`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: #""attachments":[{"name":"f.txt","contentBytes":"aGVsbG8="}]"#)
        let reply = try await graph.reply(made.thread)
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(reply)/inReplyTo/attachments"
        let id = try #require(try await graph.get(path).ids.first)
        #expect(try await graph.get("\(path)/$count").text == "1")
        #expect(try await graph.get("\(path)/\(id)").json["name"] == "f.txt")
        #expect(try await graph.get("\(path)/\(id)/$value").text == "hello")
    }
}

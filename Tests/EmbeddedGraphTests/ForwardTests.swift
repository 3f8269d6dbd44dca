import EmbeddedGraph
import GraphModel
import Testing

@Suite struct ForwardTests {
    private static let alex = #"{"emailAddress":{"name":"Alex Wilber","address":"alex@contoso.example"}}"#

    // Reference, section 4.1: POST T/posts/{p}/forward; sections 2.2 and 5.4.
    @Test(arguments: [
        #"{"Comment":"For you","ToRecipients":[PEOPLE]}"#, #"{"comment":"For you","toRecipients":[PEOPLE]}"#,
    ])
    func `a forward is answered 200 without a body, queues a mail and makes no post`(_ body: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Offsite", "Which week?")
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        let body = body.replacing("PEOPLE", with: Self.alex)
        let answer = try await graph.send(.post, "\(posts)/\(made.post)/forward", body, by: graph.member)
        #expect(answer.status == 200 && answer.response.body.isEmpty && answer.headers["Content-Type"] == nil)
        #expect(try await graph.get(posts).items.count == 1)
        let mails = try await graph.store.outboundMail()
        let mail = try #require(mails.first)
        #expect(mails.count == 1 && mail.subject == "FW: Offsite" && mail.comment == "For you")
        #expect(mail.sender == EmailAddress(name: "Megan Bowen", address: "megan@contoso.example"))
        #expect(mail.toRecipients == [EmailAddress(name: "Alex Wilber", address: "alex@contoso.example")])
        #expect(mail.content == "Which week?" && mail.contentType == "text" && mail.post == made.post)
    }

    // Reference, section 4.1: forward by an application.
    @Test func `an application may forward`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/forward"
        let answer = try await graph.send(.post, path, #"{"toRecipients":[\#(Self.alex)]}"#, by: graph.application)
        #expect(answer.status == 200)
        #expect(try await graph.store.outboundMail().map(\.comment) == [""])
    }

    // Reference, section 13.2: bad recipients.
    @Test(arguments: [
        "{}", #"{"toRecipients":[]}"#, #"{"toRecipients":null}"#, #"{"comment":"x"}"#,
        #"{"toRecipients":[{"emailAddress":{"address":"nobody"}}]}"#,
    ])
    func `a forward to nobody is refused and queues nothing`(_ body: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/forward"
        let answer = try await graph.send(.post, path, body)
        #expect(answer.isRefusal(400, .invalidRecipients) && answer.target?.hasPrefix("/toRecipients") == true)
        #expect(try await graph.store.outboundMail() == [])
    }

    @Test func `a forward with a key is queued once, and outlives its post`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Offsite", "Which week?")
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/forward"
        let key = IdempotencyKey(.explicit, "once")
        for _ in 1...2 {
            let answer = try await graph.send(.post, path, #"{"toRecipients":[\#(Self.alex)]}"#, key: key)
            #expect(answer.status == 200)
        }
        _ = try await graph.send(.delete, "\(graph.group)/threads/\(made.thread)")
        let mails = try await graph.store.outboundMail()
        #expect(mails.map(\.content) == ["Which week?"] && mails.map(\.post) == [nil])
    }
}

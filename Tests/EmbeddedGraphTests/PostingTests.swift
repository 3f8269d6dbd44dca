import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 11.4.
@Suite struct PostingTests {
    private static let staff = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"

    @Test func `who is no member of a private group neither reads nor posts there`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let made = try await graph.converse()
        _ = try await graph.send(.patch, graph.group, #"{"visibility":"Private"}"#)
        let thread = "\(graph.group)/threads/\(made.thread)"
        for path in [
            "\(graph.group)/conversations", "\(graph.group)/conversations/$count",
            "\(graph.group)/conversations/\(made.conversation)", "\(graph.group)/threads", thread, "\(thread)/posts",
            "\(thread)/posts/\(made.post)", "\(thread)/posts/\(made.post)/attachments",
        ] {
            #expect(try await graph.get(path, by: megan).isRefusal(403, .accessDenied))
            #expect(try await graph.get(path, by: graph.application).status == 200)
        }
        #expect(try await graph.post(by: megan).isRefusal(403, .accessDenied))
        #expect(try await graph.send(.patch, thread, #"{"isLocked":true}"#, by: megan).isRefusal(403, .accessDenied))
        #expect(try await graph.send(.delete, thread, by: megan).isRefusal(403, .accessDenied))
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan.id)")
        #expect(try await graph.get("\(thread)/posts", by: megan).items.count == 1)
        #expect(try await graph.post(by: megan).status == 201)
    }

    @Test func `a rejected sender is refused by every way of posting`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let made = try await graph.converse()
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan.id)")
        _ = try await graph.refer("rejectedSenders", "\(Fixture.root)/users/\(megan.id)")
        let thread = "\(graph.group)/threads/\(made.thread)"
        let post = Fixture.post("x")
        for (path, body) in [
            ("\(graph.group)/conversations", #"{"threads":[{"posts":[\#(post)]}]}"#),
            ("\(graph.group)/threads", #"{"posts":[\#(post)]}"#),
            ("\(graph.group)/conversations/\(made.conversation)/threads", #"{"posts":[\#(post)]}"#),
            ("\(thread)/reply", #"{"post":\#(post)}"#), ("\(thread)/posts/\(made.post)/reply", #"{"post":\#(post)}"#),
        ] {
            let answer = try await graph.send(.post, path, body, by: megan)
            #expect(answer.isRefusal(403, .accessDenied) && answer.message.contains("rejectedSenders"))
        }
        #expect(try await graph.get("\(thread)/posts", by: megan).items.count == 1)
    }

    @Test func `who may not post writes no extensions, and reads them`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let made = try await graph.converse(post: #""extensions":[{"extensionName":"com.contoso.mood","good":true}]"#)
        _ = try await graph.refer("rejectedSenders", "\(Fixture.root)/users/\(megan.id)")
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/extensions"
        let one = path + "/com.contoso.mood"
        for (method, path, body) in [
            (GraphRequest.Method.post, path, #"{"extensionName":"com.contoso.new"}"#),
            (.patch, one, #"{"good":false}"#), (.delete, one, ""),
        ] {
            let answer = try await graph.send(method, path, body, by: megan)
            #expect(answer.isRefusal(403, .accessDenied) && answer.message.contains("rejectedSenders"))
        }
        #expect(try await graph.get(path, by: megan).items.map { $0["good"] } == [true])
    }

    @Test(arguments: ["acceptedSenders", "rejectedSenders"])
    func `a group among the senders stands for its members`(_ list: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let alex = Caller(
            id: try await graph.addUser("Alex Wilber", "alex@contoso.example"),
            displayName: "Alex Wilber",
            address: "alex@contoso.example",
            kind: .delegated
        )
        try await graph.add(Self.staff, "Staff", nickname: "staff")
        _ = try await graph.send(
            .post,
            "/groups/\(Self.staff)/members/$ref",
            #"{"@odata.id":"\#(Fixture.root)/users/\#(megan.id)"}"#
        )
        _ = try await graph.refer(list, "\(Fixture.root)/groups/\(Self.staff)")
        #expect(try await graph.post(by: megan).status == (list == "acceptedSenders" ? 201 : 403))
        #expect(try await graph.post(by: alex).status == (list == "acceptedSenders" ? 403 : 201))
        #expect(try await graph.post(by: graph.store.operatorCaller).status == 201)
    }

    @Test func `a group made with AllowOnlyMembersToPost says so and refuses others`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let group = try await graph.send(
            .post,
            "/groups",
            """
            {"displayName":"News","mailNickname":"news","mailEnabled":true,"securityEnabled":false,
            "groupTypes":["Unified"],"resourceBehaviorOptions":["AllowOnlyMembersToPost","WelcomeEmailDisabled"]}
            """
        )
        #expect(group.json["resourceBehaviorOptions"] == ["AllowOnlyMembersToPost", "WelcomeEmailDisabled"])
        let path = "/groups/\(try group.id())"
        #expect(try await graph.get(path).json["resourceBehaviorOptions"] == group.json["resourceBehaviorOptions"])
        #expect(try await graph.post(by: megan, in: path).isRefusal(403, .accessDenied))
        #expect(try await graph.get("\(path)/conversations", by: megan).status == 200)
        let link = #"{"@odata.id":"\#(Fixture.root)/users/\#(megan.id)"}"#
        _ = try await graph.send(.post, "\(path)/owners/$ref", link)
        #expect(try await graph.post(by: megan, in: path).status == 201)
    }

    @Test func `the behaviour of a group is settled when it is made`() async throws {
        let graph = try await Fixture()
        let change = #"{"resourceBehaviorOptions":["AllowOnlyMembersToPost"]}"#
        #expect(try await graph.send(.patch, graph.group, change).isRefusal(400, .directoryBadRequest))
        #expect(try await graph.send(.patch, graph.group, #"{"resourceBehaviorOptions":[]}"#).status == 204)
        #expect(try await graph.get(graph.group).json["resourceBehaviorOptions"] == [])
    }

    @Test(arguments: ["from", "sender"])
    func `an owner alone posts in the group's name`(_ member: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        let sender = #""\#(member)":{"emailAddress":{"address":"Sales@contoso.example"}}"#
        let body = #"{"posts":[\#(Fixture.post("x", sender))]}"#
        let refused = try await graph.send(.post, "\(graph.group)/threads", body, by: megan)
        #expect(refused.isRefusal(403, .sendAsDenied))
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan.id)")
        #expect(try await graph.send(.post, "\(graph.group)/threads", body, by: megan).status == 403)
        _ = try await graph.refer("owners", "\(Fixture.root)/users/\(megan.id)")
        let answer = try await graph.send(.post, "\(graph.group)/threads", body, by: megan)
        #expect(answer.status == 201 && answer.json["uniqueSenders"] == ["Sales"])
        let posts = try await graph.get("\(graph.group)/threads/\(try answer.id())/posts")
        let post = try #require(posts.items.first)
        let group: JSONValue = ["emailAddress": ["name": "Sales", "address": "sales@contoso.example"]]
        let person: JSONValue = ["emailAddress": ["name": "Megan Bowen", "address": "megan@contoso.example"]]
        #expect(post["from"] == group)
        #expect(post["sender"] == (member == "sender" ? group : person))
    }

    @Test func `newcomers are brought in whatever the lists of senders say`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addMegan()
        _ = try await graph.refer("acceptedSenders", "\(Fixture.root)/users/\(megan.id)")
        let people = #""newParticipants":[{"emailAddress":{"address":"someone@example.com"}}]"#
        #expect(try await graph.converse(by: megan, post: people).post.hasPrefix("P"))
    }
}

extension Fixture {
    /// Adds Megan Bowen to the store and gives her as a caller.
    func addMegan() async throws -> Caller {
        var megan = member
        megan.id = try await addUser("Megan Bowen", "megan@contoso.example")
        return megan
    }

    /// Starts a thread in a group.
    func post(by caller: Caller, in path: String? = nil) async throws -> Answer {
        try await send(.post, "\(path ?? group)/threads", #"{"posts":[\#(Self.post("x"))]}"#, by: caller)
    }
}

import EmbeddedGraph
import GraphModel
import Testing

/// What the documents that describe one operation disagree about, and how the store decides.
@Suite struct SeedDocumentTests {
    // Reference, section 2.1, rows 1 and 2.
    @Test func `whatever is created is answered 201`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = #"{"topic":"T","posts":[\#(Fixture.post("x"))]}"#
        for (path, body) in [
            ("conversations", #"{"topic":"T","threads":[\#(thread)]}"#), ("threads", thread),
            ("conversations/\(made.conversation)/threads", thread),
            ("conversations/Chosen-1", #"{"topic":"T","threads":[\#(thread)]}"#),
        ] {
            let answer = try await graph.send(.post, "\(graph.group)/\(path)", body)
            #expect(answer.status == 201 && answer.headers["Location"] != nil)
        }
    }

    // Reference, section 2.1, rows 5, 15 and 19: headers of other services, and a length that is wrong.
    @Test func `headers that mean nothing here are passed over`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .post,
            "\(graph.group)/conversations",
            #"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#,
            headers: ["Workbook-Session-Id": "s", "Content-Length": "181", "Content-Type": "application/json"]
        )
        #expect(answer.status == 201)
    }

    // Reference, section 2.1, row 7.
    @Test(arguments: [
        "#microsoft.graph.conversation", "microsoft.graph.conversation", "#Microsoft.OutlookServices.conversation",
        "#MICROSOFT.GRAPH.CONVERSATION",
    ])
    func `a type that fits is taken in every spelling`(_ type: String) async throws {
        let graph = try await Fixture()
        let body = ##"{"@odata.type":"\##(type)","topic":"T","threads":[{"posts":[\##(Fixture.post("x"))]}]}"##
        #expect(try await graph.send(.post, "\(graph.group)/conversations", body).status == 201)
    }

    // Reference, section 2.1, row 7.
    @Test(arguments: ["#microsoft.graph.event", "microsoft.graph.post", "conversation", ""])
    func `a type that does not fit is refused`(_ type: String) async throws {
        let graph = try await Fixture()
        let body = ##"{"@odata.type":"\##(type)","topic":"T","threads":[{"posts":[\##(Fixture.post("x"))]}]}"##
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
        #expect(answer.isRefusal(400, .badRequest) && answer.target == "/@odata.type")
    }

    // Reference, section 2.1, row 8.
    @Test func `answers name the types of attachments, not of conversations, threads and posts`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: #""attachments":[{"name":"f","contentBytes":""}]"#)
        let thread = "\(graph.group)/threads/\(made.thread)"
        for path in ["\(graph.group)/conversations/\(made.conversation)", thread, "\(thread)/posts/\(made.post)"] {
            #expect(try await graph.get(path).json["@odata.type"] == nil)
        }
        let attachments = try await graph.get("\(thread)/posts/\(made.post)/attachments")
        #expect(attachments.items[0]["@odata.type"] == "#microsoft.graph.fileAttachment")
    }

    // Reference, section 2.1, row 9.
    @Test func `what only the service sets is passed over, if it is of its type`() async throws {
        let graph = try await Fixture()
        func create(_ members: String) async throws -> Answer {
            let body = #"{"topic":"T",\#(members),"threads":[{"posts":[\#(Fixture.post("x"))]}]}"#
            return try await graph.send(.post, "\(graph.group)/conversations", body)
        }
        let answer = try await create(
            #""id":"mine","hasAttachments":true,"lastDeliveredDateTime":"2015-01-01T00:00:00Z","preview":"p","#
                + #""uniqueSenders":["Nobody"]"#
        )
        #expect(answer.status == 201 && answer.json["id"] != "mine" && answer.json["hasAttachments"] == false)
        #expect(answer.json["uniqueSenders"] == ["Adele Vance"] && answer.json["preview"] == "x")
        for (member, value) in [
            ("hasAttachments", #""Boolean""#), ("uniqueSenders", #""String""#), ("preview", "1"), ("id", "true"),
        ] {
            let refused = try await create("\"\(member)\":\(value)")
            #expect(refused.isRefusal(400, .badRequest) && refused.target == "/\(member)")
        }
    }

    // Reference, section 2.1, row 10.
    @Test func `a conversation begins with one thread of one post, or with none yet`() async throws {
        let graph = try await Fixture()
        let post = Fixture.post("x")
        for (threads, status) in [
            ("", 201), (#","threads":[]"#, 201), (#","threads":[{"posts":[\#(post)]}]"#, 201),
            (#","threads":[{"posts":[\#(post)]},{"posts":[\#(post)]}]"#, 400),
            (#","threads":[{"posts":[\#(post),\#(post)]}]"#, 400), (#","threads":[{"posts":[]}]"#, 400),
        ] {
            let answer = try await graph.send(.post, "\(graph.group)/conversations", #"{"topic":"T"\#(threads)}"#)
            #expect(answer.status == status)
        }
    }

    // Reference, section 2.1, row 11.
    @Test func `a new conversation is answered with all that any document shows`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .post,
            "\(graph.group)/conversations",
            #"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#
        )
        #expect(
            answer.json.names == [
                "@odata.context", "id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview",
                "threads@odata.context", "threads",
            ]
        )
        #expect(answer.json["threads"]?[0]?.names == ["id", "posts"])
        #expect(answer.json["threads"]?[0]?["posts"]?[0]?.names == ["id"])
    }

    // Reference, section 2.1, row 13.
    @Test func `links and contexts repeat the version that was asked`() async throws {
        let graph = try await Fixture()
        let root = "http://localhost/beta"
        let request = GraphRequest(
            .post,
            "\(graph.group)/conversations",
            body: Array(#"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#.utf8),
            caller: graph.store.operatorCaller,
            serviceRoot: root
        )
        let answer = Answer(try await graph.store.respond(to: request))
        #expect(answer.status == 201 && answer.headers["Location"]?.hasPrefix("\(root)/groups/") == true)
        for name in ["@odata.context", "threads@odata.context"] {
            #expect(answer.json[name]?.string?.hasPrefix("\(root)/$metadata#groups('") == true)
        }
    }

    // Reference, section 2.1, row 14.
    @Test(arguments: ["AAQkADDVKtMlRp4Txc6k=", "AAQkADDVKtMlRp4Txc6k%3D", "not-base64", "T"])
    func `ids are not looked into: what is not known is not found`(_ id: String) async throws {
        let graph = try await Fixture()
        #expect(try await graph.get("\(graph.group)/conversations/\(id)").isRefusal(404, .itemNotFound))
        #expect(try await graph.get("\(graph.group)/threads/\(id)").isRefusal(404, .itemNotFound))
    }

    // Reference, section 2.1, row 17.
    @Test(arguments: ["", #""newParticipants":null"#, #""newParticipants":[]"#])
    func `a post need not bring in anybody`(_ member: String) async throws {
        let graph = try await Fixture()
        #expect(try await graph.converse(post: member).post.hasPrefix("P"))
    }

    // Reference, section 2.1, row 19.
    @Test func `a body without a type is taken for JSON if it looks like it`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/conversations"
        #expect(try await graph.send(.post, path, #"{"topic":"T"}"#).status == 201)
        #expect(try await graph.send(.post, path, "topic=T").isRefusal(415, .badRequest))
        let typed = try await graph.send(.post, path, #"{"topic":"T"}"#, headers: ["Content-Type": "text/plain"])
        #expect(typed.isRefusal(415, .badRequest))
    }
}

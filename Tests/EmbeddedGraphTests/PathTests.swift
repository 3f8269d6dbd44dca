import GraphModel
import Testing

@Suite struct PathTests {
    @Test func `a key may stand in parentheses or behind a slash`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: #""attachments":[{"name":"a","contentBytes":""}]"#)
        let group = "/groups('\(Fixture.group)')"
        let plain = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)"
        let attachment = try await graph.get("\(plain)/attachments").ids[0]
        for (path, id) in [
            (group, Fixture.group), ("\(group)/conversations('\(made.conversation)')", made.conversation),
            ("\(group)/threads('\(made.thread)')", made.thread),
            ("\(group)/threads('\(made.thread)')/posts('\(made.post)')", made.post),
            ("\(graph.group)/threads('\(made.thread)')/posts/\(made.post)", made.post),
            ("\(group)/threads/\(made.thread)/posts('\(made.post)')/attachments('\(attachment)')", attachment),
            // As some clients encode them.
            ("/groups%28%27\(Fixture.group)%27%29/threads%28%27\(made.thread)%27%29", made.thread),
        ] {
            let answer = try await graph.get(path)
            #expect(answer.status == 200 && answer.json["id"]?.string == id, "\(path)")
        }
        let reply = try await graph.send(
            .post,
            "\(group)/threads('\(made.thread)')/reply",
            #"{"post":\#(Fixture.post("x"))}"#
        )
        #expect(
            reply.headers["Location"]?.hasPrefix("\(Fixture.root)\(graph.group)/threads/\(made.thread)/posts/") == true
        )
    }

    @Test(arguments: ["", "(", ")", "('", "')", "('')", "(')", "x('", "'"])
    func `half a key in parentheses is no key`(_ piece: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.get("/groups\(piece)/threads")
        #expect(answer.status == 400)
    }

    // Reference, section 18.3, row 8.
    @Test func `segments may be encoded once or twice`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        func encoded(_ text: String) -> String {
            text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let paths = [
            "/groups/\(encoded(Fixture.group))/%74hreads/\(encoded(made.thread))",
            "\(graph.group)/threads/\(encoded(made.thread).replacing("%", with: "%25"))",
            "/groups/\(Fixture.group.replacing("-", with: "%252D"))/threads/\(made.thread)",
        ]
        for path in paths {
            let answer = try await graph.get(path)
            #expect(answer.status == 200 && answer.json["id"]?.string == made.thread, "\(path)")
        }
        // A third time is once too many.
        let thrice = encoded(made.thread).replacing("%", with: "%2525")
        try await #expect(graph.get("\(graph.group)/threads/\(thrice)").isRefusal(400, .malformedID))
    }

    @Test func `names of segments and groups' ids may be in any letter case, items' ids may not`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let upper = Fixture.group.uppercased()
        let answer = try await graph.get("/Groups/\(upper)/THREADS/\(made.thread)/Posts/\(made.post)")
        #expect(answer.status == 200)
        #expect(answer.json["@odata.context"] == "\(graph.context)/threads('\(made.thread)')/posts/$entity")
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread.lowercased())").status == 404)
        let created = try await graph.send(.post, "/groups/{\(upper)}/Threads", #"{"posts":[\#(Fixture.post("x"))]}"#)
        #expect(try created.headers["Location"] == "\(Fixture.root)\(graph.group)/threads/\(created.id())")
    }

    @Test func `slashes too many change nothing`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for path in ["\(graph.group)/threads/", "/\(graph.group)//threads", "\(graph.group)/threads//"] {
            let answer = try await graph.get(path)
            #expect(answer.ids == [made.thread], "\(path)")
        }
        try await #expect(graph.get("/groups/").ids == [Fixture.group])
    }

    // MARK: joinedGroups

    // Reference, section 2.1, row 3; section 4.3.
    @Test func `joinedGroups leads to a group's conversations and threads`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for root in [
            "/me/joinedGroups/\(Fixture.group)", "/users/\(graph.member.id)/joinedGroups/\(Fixture.group)",
            "/Users/Megan@contoso.example/JoinedGroups('\(Fixture.group)')",
            "/users/megan%40contoso.example/joinedgroups/\(Fixture.group)",
        ] {
            let list = try await graph.get("\(root)/conversations", by: graph.member)
            #expect(list.ids == [made.conversation], "\(root)")
            #expect(list.json["@odata.context"] == "\(graph.context)/conversations")
            let posts = try await graph.get("\(root)/threads/\(made.thread)/posts", by: graph.member)
            #expect(posts.ids == [made.post], "\(root)")
        }
        let made2 = try await graph.converse("Alias", by: graph.member, in: "/me/joinedGroups/\(Fixture.group)")
        try await #expect(graph.get("\(graph.group)/conversations/\(made2.conversation)").json["topic"] == "Alias")
    }

    // Reference, section 2.1, row 3.
    @Test func `joinedGroups of another user are closed`() async throws {
        let graph = try await Fixture()
        let path = "/users/adele.vance@contoso.example/joinedGroups/\(Fixture.group)/conversations"
        try await #expect(graph.get(path, by: graph.member).isRefusal(403, .accessDenied))
    }

    // Reference, section 4.3.
    @Test func `joinedGroups leads to nothing else of a group, and no program has a me`() async throws {
        let graph = try await Fixture()
        let path = "/me/joinedGroups/\(Fixture.group)"
        for child in ["members", "owners", "acceptedSenders", "renew"] {
            try await #expect(graph.get("\(path)/\(child)").isRefusal(400, .badRequest))
        }
        try await #expect(graph.get("\(path)/threads", by: graph.application).isRefusal(400, .badRequest))
        try await #expect(graph.send(.delete, path).isRefusal(400, .badRequest))
        try await #expect(graph.get(path).isRefusal(400, .badRequest))
        try await #expect(graph.get(graph.group).status == 200)
    }
}

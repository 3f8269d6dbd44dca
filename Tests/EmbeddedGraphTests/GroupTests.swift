import GraphModel
import Testing

@Suite struct GroupTests {
    private let body = """
        {"displayName":"Research","mailEnabled":true,"mailNickname":"Research","securityEnabled":false,
         "groupTypes":["Unified"],"visibility":"Private","description":"What we find out"}
        """

    @Test func `a created group is answered whole, with its address and where it is`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "/groups", body)
        let id = try answer.id()
        #expect(answer.status == 201)
        #expect(GroupID(id)?.text == id)
        #expect(answer.headers["Location"] == "\(Fixture.root)/groups/\(id)")
        #expect(answer.headers["Content-Type"]?.hasPrefix("application/json;odata.metadata=minimal") == true)
        let securityIdentifier = try #require(GroupID(id)).securityIdentifier
        #expect(
            answer.json == [
                "@odata.context": "\(Fixture.root)/$metadata#groups/$entity", "id": "\(id)",
                "createdDateTime": "2026-01-15T08:30:00Z", "description": "What we find out",
                "displayName": "Research", "groupTypes": ["Unified"], "mail": "Research@contoso.example",
                "mailEnabled": true, "mailNickname": "Research", "resourceBehaviorOptions": [],
                "securityEnabled": false, "visibility": "Private",
                "deletedDateTime": nil, "expirationDateTime": nil, "renewedDateTime": "2026-01-15T08:30:00Z",
                "proxyAddresses": ["SMTP:Research@contoso.example"], "securityIdentifier": "\(securityIdentifier)",
                "classification": nil, "isAssignableToRole": nil, "preferredDataLocation": nil,
                "preferredLanguage": nil, "resourceProvisioningOptions": [], "theme": nil,
            ]
        )
        #expect(answer.text.hasPrefix(#"{"@odata.context":"#))
        let read = try await graph.get("/groups/\(id)")
        #expect(read.status == 200 && read.json == answer.json && read.headers["Location"] == nil)
    }

    @Test func `a group without description and mail says null`() async throws {
        let graph = try await Fixture()
        let body = #"{"displayName":"Staff","mailEnabled":false,"mailNickname":"staff","securityEnabled":true}"#
        let answer = try await graph.send(.post, "/groups", body)
        #expect(answer.status == 201)
        #expect(answer.json["description"] == .null && answer.json["mail"] == .null)
        #expect(answer.json["groupTypes"] == [] && answer.json["securityEnabled"] == true)
    }

    @Test func `all groups are listed in the order of their ids, without a context each`() async throws {
        let graph = try await Fixture()
        let id = try await graph.send(.post, "/groups", body).id()
        let list = try await graph.get("/groups")
        #expect(list.status == 200)
        #expect(list.json.names == ["@odata.context", "value"])
        #expect(list.json["@odata.context"] == "\(Fixture.root)/$metadata#groups")
        #expect(list.ids == [id, Fixture.group].sorted())
        #expect(list.items.allSatisfy { $0["@odata.context"] == nil && $0.names.count == 22 })
    }

    @Test func `the names of a body's members may be in any letter case`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "/groups", #"{"DisplayName":"A","MAILNICKNAME":"a"}"#)
        #expect(answer.status == 201 && answer.json["displayName"] == "A")
    }

    // Reference, section 13.2: duplicate mailNickname.
    @Test func `a nickname is taken whatever its letter case, a display name never`() async throws {
        let graph = try await Fixture()
        let taken = try await graph.send(.post, "/groups", #"{"displayName":"Other","mailNickname":"SALES"}"#)
        #expect(taken.isRefusal(400, .directoryBadRequest))
        #expect(
            taken.message == "Another object with the same value for property mailNickname already exists."
        )
        let same = try await graph.send(.post, "/groups", #"{"displayName":"Sales","mailNickname":"sales2"}"#)
        #expect(same.status == 201)
    }

    @Test(arguments: [
        (#"{"mailNickname":"a"}"#, "displayName"), (#"{"displayName":"A"}"#, "mailNickname"),
        (#"{"displayName":"A","mailNickname":"a b"}"#, "mailNickname"),
        (#"{"displayName":"A","mailNickname":"é"}"#, "mailNickname"),
        (#"{"displayName":"A","mailNickname":"a","visibility":"Secret"}"#, "visibility"),
    ])
    func `a group that may not be is refused with the name of the property`(_ body: String, _ name: String) async throws
    {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "/groups", body)
        #expect(answer.isRefusal(400, .directoryBadRequest))
        #expect(answer.message.contains(name))
        try await #expect(graph.get("/groups").items.count == 1)
    }

    @Test func `a deleted group takes all its conversations with it`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: #""attachments":[{"name":"a.txt","contentBytes":"YQ=="}]"#)
        let answer = try await graph.send(.delete, graph.group)
        #expect(answer.status == 204 && answer.response.body.isEmpty && answer.headers["Content-Type"] == nil)
        try await #expect(graph.get(graph.group).isRefusal(404, .directoryNotFound))
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread)").isRefusal(404, .directoryNotFound))
        try await #expect(graph.send(.delete, graph.group).isRefusal(404, .directoryNotFound))
        // The same id again: nothing of the old group comes back.
        try await graph.add(Fixture.group, "Sales", nickname: "sales")
        try await #expect(graph.get("\(graph.group)/conversations").items.isEmpty)
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread)").isRefusal(404, .itemNotFound))
    }

    @Test func `a group that is not unified has no mailbox`() async throws {
        let graph = try await Fixture()
        let id = "0a1b2c3d-0e57-42dc-94c9-cd24f5306196"
        try await graph.add(id, "Security", nickname: "security", types: [])
        try await #expect(graph.get("/groups/\(id)").status == 200)
        for path in ["conversations", "threads", "threads/T000/posts"] {
            try await #expect(graph.get("/groups/\(id)/\(path)").isRefusal(404, .mailboxNotEnabled))
        }
        let post = #"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#
        try await #expect(
            graph.send(.post, "/groups/\(id)/conversations", post).isRefusal(404, .mailboxNotEnabled)
        )
    }

    @Test func `me is the caller, and an application has no me`() async throws {
        let graph = try await Fixture()
        let me = try await graph.get("/me", by: graph.member)
        #expect(
            me.json == [
                "@odata.context": "\(Fixture.root)/$metadata#users/$entity", "id": "\(graph.member.id)",
                "displayName": "Megan Bowen", "mail": "megan@contoso.example",
                "userPrincipalName": "megan@contoso.example",
            ]
        )
        try await #expect(graph.get("/me", by: graph.application).isRefusal(400, .badRequest))
    }
}

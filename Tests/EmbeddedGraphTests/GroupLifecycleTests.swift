import EmbeddedGraph
import GraphModel
import Testing

@Suite struct GroupLifecycleTests {
    private static func body(_ more: String, nickname: String = "research") -> String {
        """
        {"displayName":"Research","mailEnabled":true,"mailNickname":"\(nickname)","securityEnabled":false,
         "groupTypes":["Unified"]\(more.isEmpty ? "" : "," + more)}
        """
    }

    private static func links(_ name: String, _ users: [String]) -> String {
        #""\#(name)@odata.bind":[\#(users.map { "\"\(Fixture.root)/users/\($0)\"" }.joined(separator: ","))]"#
    }

    // MARK: Making

    // Reference, sections 4.2 (POST /groups) and 11.1.
    @Test func `a group is made with its owners and members`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let alex = try await graph.addUser("Alex Wilber", "alex@contoso.example")
        let body = Self.body(Self.links("owners", [megan]) + "," + Self.links("members", [megan, alex]))
        let id = try await graph.send(.post, "/groups", body).id()
        try await #expect(graph.get("/groups/\(id)/owners").ids == [megan])
        try await #expect(graph.get("/groups/\(id)/members").ids == [megan, alex].sorted())
    }

    @Test func `more than 20 links are refused, owners and members together`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let body = Self.body(
            Self.links("owners", [megan]) + "," + Self.links("members", Array(repeating: megan, count: 20))
        )
        let answer = try await graph.send(.post, "/groups", body)
        #expect(answer.isRefusal(400, .directoryBadRequest))
        #expect(answer.message == "A resource cannot contain more than 20 link changes.")
        try await #expect(graph.get("/groups").ids == [Fixture.group])
    }

    @Test func `a link to nobody is refused by name, and no group is made`() async throws {
        let graph = try await Fixture()
        for name in ["owners", "members"] {
            let answer = try await graph.send(.post, "/groups", Self.body(Self.links(name, ["nobody@contoso.example"])))
            #expect(answer.isRefusal(404, .directoryNotFound) && answer.message.contains("nobody@contoso.example"))
        }
        try await #expect(graph.get("/groups").ids == [Fixture.group])
    }

    @Test func `a signed-in user owns the group they make, an application leaves it without owners`() async throws {
        let graph = try await Fixture()
        let mine = try await graph.send(.post, "/groups", Self.body(""), by: graph.member).id()
        try await #expect(graph.get("/groups/\(mine)/owners").ids == [graph.member.id])
        try await #expect(graph.get("/groups/\(mine)/members").ids == [])
        let body = Self.body("", nickname: "ownerless")
        let its = try await graph.send(.post, "/groups", body, by: graph.application).id()
        try await #expect(graph.get("/groups/\(its)/owners").ids == [])
    }

    @Test func `owners are added by a change as well`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let answer = try await graph.send(.patch, graph.group, "{\(Self.links("owners", [megan]))}")
        #expect(answer.status == 204)
        try await #expect(graph.get("\(graph.group)/owners").ids == [megan])
    }

    // MARK: Unique names

    // Reference, section 4.2 (PATCH /groups(uniqueName='x')).
    @Test func `a group is made or changed by its unique name`() async throws {
        let graph = try await Fixture()
        let path = "/groups(uniqueName='research-2026')"
        let headers: GraphHeaders = ["Prefer": "respond-async, create-if-missing"]
        try await #expect(graph.send(.patch, path, Self.body("")).isRefusal(404, .directoryNotFound))
        let made = try await graph.send(.patch, path, Self.body(""), headers: headers)
        #expect(made.status == 201 && made.json["displayName"] == "Research" && made.json["uniqueName"] == nil)
        let changed = try await graph.send(.patch, path, #"{"displayName":"Search"}"#, headers: headers)
        #expect(changed.status == 204)
        let read = try await graph.get("/groups/\(made.id())", query: "$select=uniqueName,displayName")
        #expect(read.json["uniqueName"] == "research-2026" && read.json["displayName"] == "Search")
        try await #expect(graph.get("/groups(uniqueName='Research-2026')").id() == made.id())
        try await #expect(graph.get("/groups(uniqueName='research-2026')/conversations").status == 200)
        let second = try await graph.send(.post, "/groups", Self.body(#""uniqueName":"research-2026""#, nickname: "b"))
        #expect(second.isRefusal(400, .directoryBadRequest) && second.message.contains("uniqueName"))
    }

    @Test func `the unique name of the body agrees with that of the path, and stays`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .patch,
            "/groups(uniqueName='a')",
            Self.body(#""uniqueName":"b""#),
            headers: ["Prefer": "create-if-missing"]
        )
        #expect(answer.isRefusal(400, .directoryBadRequest) && answer.target == "/uniqueName")
        let renamed = try await graph.send(.patch, graph.group, #"{"uniqueName":"sales"}"#)
        #expect(renamed.isRefusal(400, .directoryBadRequest))
    }

    // MARK: Properties

    // Reference, section 3.7.
    @Test(arguments: [
        (#""theme":"teal""#, "theme", #""Teal""#), (#""classification":"Internal""#, "classification", #""Internal""#),
        (#""preferredLanguage":"en-GB""#, "preferredLanguage", #""en-GB""#),
        (#""preferredDataLocation":"EUR""#, "preferredDataLocation", #""EUR""#),
        (#""resourceProvisioningOptions":["Team"]"#, "resourceProvisioningOptions", #"["Team"]"#),
        (#""isAssignableToRole":true"#, "isAssignableToRole", "true"),
    ])
    func `a property is given when the group is made, and shown`(
        _ member: String,
        _ name: String,
        _ text: String
    ) async throws {
        let graph = try await Fixture()
        let expected = try JSONValue(text.utf8)
        let answer = try await graph.send(.post, "/groups", Self.body(member))
        #expect(answer.status == 201 && answer.json[name] == expected)
        try await #expect(graph.get("/groups/\(answer.id())").json[name] == expected)
    }

    @Test(arguments: [
        "allowExternalSenders", "autoSubscribeNewMembers", "hideFromAddressLists", "hideFromOutlookClients",
    ])
    func `what belongs to the mailbox is set by a change and shown when it is selected`(_ name: String) async throws {
        let graph = try await Fixture()
        try await #expect(graph.get(graph.group).json[name] == nil)
        try await #expect(graph.get(graph.group, query: "$select=\(name)").json[name] == false)
        let answer = try await graph.send(.patch, graph.group, #"{"\#(name)":true,"description":"Both at once"}"#)
        #expect(answer.status == 204)
        try await #expect(graph.get(graph.group, query: "$select=\(name)").json[name] == true)
        try await #expect(graph.get(graph.group).json["description"] == "Both at once")
    }

    @Test(arguments: [#"{"theme":"Magenta"}"#, #"{"theme":5}"#, #"{"allowExternalSenders":"yes"}"#])
    func `a property of the wrong kind is refused`(_ body: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.patch, graph.group, body)
        #expect(answer.isRefusal(400, .badRequest) && answer.target != nil)
    }

    @Test func `a group shows its addresses, its security identifier, and that it was renewed`() async throws {
        let graph = try await Fixture()
        let made = try await graph.send(.post, "/groups", Self.body(""))
        #expect(made.json["proxyAddresses"] == ["SMTP:research@contoso.example"])
        #expect(made.json["renewedDateTime"] == "2026-01-15T08:30:00Z")
        #expect(made.json["expirationDateTime"] == .null && made.json["deletedDateTime"] == .null)
        try graph.clock.set("2026-01-20T08:30:00Z")
        let answer = try await graph.send(.post, "/groups/\(made.id())/renew")
        #expect(answer.status == 204)
        try await #expect(graph.get("/groups/\(made.id())").json["renewedDateTime"] == "2026-01-20T08:30:00Z")
        // As the directory derives it: each of the id's four parts, the least significant byte first.
        let sales = try await graph.get(graph.group).json
        #expect(sales["securityIdentifier"] == "S-1-12-1-697834346-1121717847-617466260-2522951925")
    }

    // MARK: Deleting and restoring

    // Reference, sections 4.2 (DELETE /groups/{id}) and 11.1.
    @Test func `a deleted group is restored with its conversations and members`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan)")
        try await #expect(graph.send(.delete, graph.group).status == 204)
        try await #expect(graph.get("/groups").ids == [])
        try await #expect(graph.get("/groups/$count").text == "0")
        for path in ["", "/conversations", "/threads/\(made.thread)/posts", "/members"] {
            try await #expect(graph.get(graph.group + path).isRefusal(404, .directoryNotFound))
        }
        try await #expect(graph.send(.patch, graph.group, "{}").isRefusal(404, .directoryNotFound))
        let deleted = try await graph.get("/directory/deletedItems/microsoft.graph.group")
        #expect(deleted.ids == [Fixture.group])
        #expect(deleted.json["@odata.context"] == "\(Fixture.root)/$metadata#groups")
        let item = try await graph.get("/directory/deletedItems/\(Fixture.group)")
        #expect(item.json["@odata.type"] == "#microsoft.graph.group")
        #expect(item.json["deletedDateTime"] == "2026-01-15T08:30:00Z")
        let restored = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        #expect(restored.status == 200 && restored.json["id"] == .string(Fixture.group))
        try await #expect(graph.get("\(graph.group)/conversations").ids == [made.conversation])
        try await #expect(graph.get("\(graph.group)/members").ids == [megan])
        try await #expect(graph.get("/directory/deletedItems/microsoft.graph.group").ids == [])
        let again = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        #expect(again.isRefusal(404, .directoryNotFound))
    }

    @Test func `the names of a deleted group are free, and it comes back only while they are`() async throws {
        let graph = try await Fixture()
        _ = try await graph.send(.delete, graph.group)
        let other = try await graph.send(.post, "/groups", Self.body("", nickname: "Sales"))
        #expect(other.status == 201)
        let refused = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        #expect(refused.isRefusal(400, .directoryBadRequest) && refused.message.contains("mailNickname"))
        try await #expect(graph.send(.patch, "/groups/\(other.id())", #"{"mailNickname":"x"}"#).status == 204)
        let restored = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        #expect(restored.status == 200)
    }

    @Test func `what is deleted among the deleted is gone`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        _ = try await graph.send(.delete, graph.group)
        try await #expect(graph.send(.delete, "/directory/deletedItems/\(Fixture.group)").status == 204)
        try await #expect(graph.get("/directory/deletedItems/\(Fixture.group)").isRefusal(404, .directoryNotFound))
        try await graph.add(Fixture.group, "Sales", nickname: "sales")
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread)").isRefusal(404, .itemNotFound))
    }

    @Test func `after 30 days a deleted group cannot be restored`() async throws {
        let graph = try await Fixture()
        _ = try await graph.send(.delete, graph.group)
        try graph.clock.set("2026-02-14T08:29:59Z")
        try await #expect(graph.get("/directory/deletedItems/microsoft.graph.group").ids == [Fixture.group])
        try graph.clock.set("2026-02-14T08:30:00Z")
        try await #expect(graph.get("/directory/deletedItems/microsoft.graph.group").ids == [])
        let answer = try await graph.send(.post, "/directory/deletedItems/\(Fixture.group)/restore")
        #expect(answer.isRefusal(404, .directoryNotFound))
    }

    @Test func `a group without a mailbox is deleted for good`() async throws {
        let graph = try await Fixture()
        let id = "0a1b2c3d-0e57-42dc-94c9-cd24f5306196"
        try await graph.add(id, "Security", nickname: "security", types: [])
        try await #expect(graph.send(.delete, "/groups/\(id)").status == 204)
        try await #expect(graph.get("/directory/deletedItems/\(id)").isRefusal(404, .directoryNotFound))
    }
}

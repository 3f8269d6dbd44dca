import EmbeddedGraph
import GraphModel
import Testing

@Suite struct MemberTests {
    private static let collections = ["members", "owners"]

    @Test(arguments: collections)
    func `users are added by either spelling of a link, listed, and removed`(_ collection: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let alex = try await graph.addUser("Alex Wilber", "alex@contoso.example")
        let diego = try await graph.addUser("Diego Siciliani", "diego@contoso.example")
        for link in [
            "https://graph.microsoft.com/v1.0/directoryObjects/\(megan)", "\(Fixture.root)/users/\(alex)",
            "\(Fixture.root)/users/diego@contoso.example",
        ] {
            let answer = try await graph.refer(collection, link)
            #expect(answer.status == 204 && answer.response.body.isEmpty)
        }
        let list = try await graph.get("\(graph.group)/\(collection)")
        #expect(list.json["@odata.context"] == "\(Fixture.root)/$metadata#directoryObjects")
        #expect(list.ids == [megan, alex, diego].sorted())
        #expect(list.items.allSatisfy { $0["@odata.type"] == "#microsoft.graph.user" })
        let removed = try await graph.send(.delete, "\(graph.group)/\(collection)/\(alex)/$ref")
        #expect(removed.status == 204 && removed.response.body.isEmpty)
        #expect(try await graph.get("\(graph.group)/\(collection)").ids == [megan, diego].sorted())
        let again = try await graph.send(.delete, "\(graph.group)/\(collection)/\(alex)/$ref")
        #expect(again.isRefusal(404, .directoryNotFound))
    }

    @Test func `owners are no members, and members no owners`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        _ = try await graph.refer("owners", "\(Fixture.root)/users/\(megan)")
        #expect(try await graph.get("\(graph.group)/owners").ids == [megan])
        #expect(try await graph.get("\(graph.group)/members").ids == [])
    }

    @Test func `pages of members neither skip nor repeat, and are counted`() async throws {
        let graph = try await Fixture()
        var users: [String] = []
        for number in 1...5 {
            let id = try await graph.addUser("User \(number)", "user\(number)@contoso.example")
            _ = try await graph.refer("members", "\(Fixture.root)/users/\(id)")
            users.append(id)
        }
        var page = try await graph.get("\(graph.group)/members", query: "$top=2&$count=true")
        #expect(page.json["@odata.count"] == 5)
        var seen = page.ids
        while let next = page.next {
            page = try await graph.get(next.path, query: next.query)
            seen += page.ids
        }
        #expect(seen == users.sorted())
        let count = try await graph.get("\(graph.group)/members/$count")
        #expect(count.status == 200 && count.text == "5" && count.headers["Content-Type"] == "text/plain")
    }

    @Test func `members cast to users carry no type`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(megan)")
        let list = try await graph.get("\(graph.group)/members/microsoft.graph.user")
        #expect(list.json["@odata.context"] == "\(Fixture.root)/$metadata#users")
        #expect(list.ids == [megan] && list.items.allSatisfy { $0["@odata.type"] == nil })
        #expect(try await graph.get("\(graph.group)/members/microsoft.graph.user/$count").text == "1")
    }

    @Test(arguments: collections)
    func `whoever is in the list is refused, and so are nobody and what is no link`(_ collection: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        _ = try await graph.refer(collection, "\(Fixture.root)/users/\(megan)")
        let twice = try await graph.refer(collection, "\(Fixture.root)/users/megan@contoso.example")
        #expect(twice.isRefusal(400, .directoryBadRequest) && twice.message.contains("already exist"))
        let nobody = try await graph.refer(collection, "\(Fixture.root)/users/nobody@contoso.example")
        #expect(nobody.isRefusal(404, .directoryNotFound))
        #expect(try await graph.refer(collection, "megan").isRefusal(400, .directoryBadRequest))
        let empty = try await graph.send(.post, "\(graph.group)/\(collection)/$ref", "{}")
        #expect(empty.isRefusal(400, .badRequest))
        #expect(try await graph.get("\(graph.group)/\(collection)").ids == [megan])
    }

    // Reference, section 13.2: >20 binds.
    @Test func `a change of the group binds members, all of them or none`() async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let alex = try await graph.addUser("Alex Wilber", "alex@contoso.example")
        func bind(_ keys: String...) async throws -> Answer {
            let links = keys.map { "\"\(Fixture.root)/directoryObjects/\($0)\"" }.joined(separator: ",")
            return try await graph.send(.patch, graph.group, #"{"members@odata.bind":[\#(links)]}"#)
        }
        let unknown = try await bind(megan, "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22")
        #expect(unknown.isRefusal(404, .directoryNotFound))
        #expect(try await graph.get("\(graph.group)/members").ids == [])
        #expect(try await bind(megan, megan).isRefusal(400, .directoryBadRequest))
        #expect(try await bind(megan, alex).status == 204)
        #expect(try await graph.get("\(graph.group)/members").ids == [megan, alex].sorted())
        let many = Array(repeating: "\"\(Fixture.root)/users/\(megan)\"", count: 21).joined(separator: ",")
        let tooMany = try await graph.send(.patch, graph.group, #"{"members@odata.bind":[\#(many)]}"#)
        #expect(tooMany.isRefusal(400, .directoryBadRequest) && tooMany.message.contains("20 link changes"))
    }

    @Test func `the groups of a user are found from the user`() async throws {
        let graph = try await Fixture()
        let staff = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"
        try await graph.add(staff, "Staff", nickname: "staff", types: [])
        let me = graph.store.operatorCaller.id
        for group in [graph.group, "/groups/\(staff)"] {
            _ = try await graph.send(
                .post,
                "\(group)/members/$ref",
                #"{"@odata.id":"\#(Fixture.root)/users/\#(me)"}"#
            )
        }
        let all = try await graph.get("/me/memberOf")
        #expect(all.ids == [Fixture.group, staff].sorted())
        #expect(all.items.allSatisfy { $0["@odata.type"] == "#microsoft.graph.group" })
        #expect(try await graph.get("/me/joinedGroups").ids == [Fixture.group])
        #expect(try await graph.get("/users/\(me)/joinedGroups").ids == [Fixture.group])
        #expect(try await graph.get("/me/memberOf", by: graph.member).ids == [])
        _ = try await graph.send(.delete, graph.group)
        #expect(try await graph.get("/me/memberOf").ids == [staff])
    }
}

extension Fixture {
    /// Adds a user to the store and gives the id.
    func addUser(_ name: String, _ address: String) async throws -> String {
        try await send(.post, "/users", #"{"displayName":"\#(name)","userPrincipalName":"\#(address)"}"#).id()
    }

    /// Adds what a link names to a collection of the group.
    func refer(_ collection: String, _ link: String) async throws -> Answer {
        try await send(.post, "\(group)/\(collection)/$ref", #"{"@odata.id":"\#(link)"}"#)
    }
}

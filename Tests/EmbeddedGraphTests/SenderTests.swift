import EmbeddedGraph
import GraphModel
import Testing

@Suite struct SenderTests {
    static let lists = ["acceptedSenders", "rejectedSenders"]
    static let staff = "5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22"

    // Reference, section 4.2: GET and POST G/acceptedSenders, and rejected; section 5.8.
    @Test(arguments: lists)
    func `senders are users and groups, referred to by id or principal name on any host`(_ list: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let alex = try await graph.addUser("Alex Wilber", "alex@contoso.example")
        try await graph.add(Self.staff, "Staff", nickname: "staff", mail: "staff@contoso.example")
        for link in [
            "https://graph.microsoft.com/v1.0/users/megan@contoso.example", "\(Fixture.root)/directoryObjects/\(alex)",
            "https://graph.microsoft.com/beta/groups/\(Self.staff)",
        ] {
            let answer = try await graph.refer(list, link)
            #expect(answer.status == 204 && answer.response.body.isEmpty)
        }
        let answer = try await graph.get("\(graph.group)/\(list)")
        #expect(answer.json["@odata.context"] == "\(Fixture.root)/$metadata#directoryObjects")
        #expect(answer.ids == [megan, alex, Self.staff].sorted())
        let group = try #require(answer.items.first { $0["id"] == "\(Self.staff)" })
        #expect(
            group == [
                "@odata.type": "#microsoft.graph.group", "id": "\(Self.staff)", "displayName": "Staff",
                "mail": "staff@contoso.example",
            ]
        )
        let links = try await graph.get("\(graph.group)/\(list)/$ref").items.compactMap { $0["@odata.id"]?.string }
        #expect(
            Set(links) == [
                "\(Fixture.root)/users/\(megan)", "\(Fixture.root)/users/\(alex)",
                "\(Fixture.root)/groups/\(Self.staff)",
            ]
        )
    }

    // Reference, section 11.3.
    @Test(arguments: lists)
    func `a sender who is listed already stays so without complaint`(_ list: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        #expect(try await graph.refer(list, "\(Fixture.root)/users/\(megan)").status == 204)
        #expect(try await graph.refer(list, "\(Fixture.root)/users/MEGAN@contoso.example").status == 204)
        #expect(try await graph.get("\(graph.group)/\(list)").ids == [megan])
    }

    // Reference, section 11.3.
    @Test(arguments: [lists, lists.reversed()])
    func `a sender of one list is refused by the other`(_ lists: [String]) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        #expect(try await graph.refer(lists[0], "\(Fixture.root)/users/\(megan)").status == 204)
        let refused = try await graph.refer(lists[1], "\(Fixture.root)/users/\(megan)")
        #expect(refused.isRefusal(400, .directoryBadRequest) && refused.message.contains(lists[0]))
        #expect(try await graph.get("\(graph.group)/\(lists[1])").ids == [])
    }

    // Reference, section 11.3: the spellings of documents and clients, encoded once and twice.
    @Test(arguments: [
        "$id=https://graph.microsoft.com/v1.0/users/KEY", "$id=https%3A%2F%2Fgraph.microsoft.com%2Fv1.0%2Fusers%2FKEY",
        "%24id=https%253A%252F%252Fgraph.microsoft.com%252Fv1.0%252Fusers%252FKEY",
        "@id=http://example.com/directoryObjects/KEY", "%40id=https%3A%2F%2Fexample.com%2FdirectoryObjects%2FKEY",
        "%40id=https%253A%252F%252Fexample.com%252Fv1.0%252FdirectoryObjects%252FKEY",
    ])
    func `a sender is removed by a link in the query`(_ query: String) async throws {
        let graph = try await Fixture()
        let megan = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        for list in Self.lists {
            _ = try await graph.refer(list, "\(Fixture.root)/users/\(megan)")
            for key in [megan, "megan@contoso.example"] where query.contains("sers") || key == megan {
                let path = "\(graph.group)/\(list)/$ref"
                let query = query.replacing("KEY", with: key)
                let answer = try await graph.send(.delete, path, query: query)
                #expect(answer.status == 204 && answer.response.body.isEmpty)
                #expect(try await graph.get("\(graph.group)/\(list)").ids == [])
                #expect(try await graph.send(.delete, path, query: query).isRefusal(404, .directoryNotFound))
                _ = try await graph.refer(list, "\(Fixture.root)/users/\(megan)")
            }
            #expect(try await graph.send(.delete, "\(graph.group)/\(list)/\(megan)/$ref").status == 204)
        }
    }

    // Reference, section 11.3: the spelling of item builders.
    @Test func `a sender is removed by its place in the path`() async throws {
        let graph = try await Fixture()
        try await graph.add(Self.staff, "Staff", nickname: "staff")
        _ = try await graph.refer("rejectedSenders", "\(Fixture.root)/groups/\(Self.staff)")
        let path = "\(graph.group)/rejectedSenders/\(Self.staff)/$ref"
        #expect(try await graph.send(.delete, path).status == 204)
        #expect(try await graph.send(.delete, path).isRefusal(404, .directoryNotFound))
        #expect(
            try await graph.send(.delete, "\(graph.group)/rejectedSenders/nobody/$ref").isRefusal(
                404,
                .directoryNotFound
            )
        )
    }

    @Test func `a removal says what to remove, and other paths know no link in the query`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/acceptedSenders/$ref"
        #expect(try await graph.send(.delete, path).isRefusal(400, .directoryBadRequest))
        #expect(try await graph.send(.delete, path, query: "$id=megan").isRefusal(400, .directoryBadRequest))
        #expect(try await graph.get("\(graph.group)/threads", query: "$id=x").isRefusal(400, .badRequest))
        #expect(try await graph.refer("acceptedSenders", "megan").isRefusal(400, .directoryBadRequest))
        let nobody = try await graph.refer("acceptedSenders", "\(Fixture.root)/users/nobody@contoso.example")
        #expect(nobody.isRefusal(404, .directoryNotFound))
    }

    // Reference, section 11.3.
    @Test(arguments: lists)
    func `senders cannot be bound when a group is made or changed`(_ list: String) async throws {
        let graph = try await Fixture()
        let link = "\(Fixture.root)/users/\(graph.store.operatorCaller.id)"
        let create = try await graph.send(
            .post,
            "/groups",
            """
            {"displayName":"Staff","mailNickname":"staff","mailEnabled":true,"securityEnabled":false,
            "groupTypes":["Unified"],"\(list)@odata.bind":["\(link)"]}
            """
        )
        #expect(create.isRefusal(400, .directoryBadRequest))
        let change = try await graph.send(.patch, graph.group, #"{"\#(list)@odata.bind":["\#(link)"]}"#)
        #expect(change.isRefusal(400, .directoryBadRequest))
        #expect(try await graph.get("\(graph.group)/\(list)").ids == [])
    }

    @Test func `pages of senders neither skip nor repeat`() async throws {
        let graph = try await Fixture()
        var users: [String] = []
        for number in 1...5 {
            let id = try await graph.addUser("User \(number)", "user\(number)@contoso.example")
            _ = try await graph.refer("acceptedSenders", "\(Fixture.root)/users/\(id)")
            users.append(id)
        }
        var page = try await graph.get("\(graph.group)/acceptedSenders", query: "$top=2")
        var seen = page.ids
        while let next = page.next {
            page = try await graph.get(next.path, query: next.query)
            seen += page.ids
        }
        #expect(seen == users.sorted())
    }

    @Test func `a group that is gone is no sender any more`() async throws {
        let graph = try await Fixture()
        try await graph.add(Self.staff, "Staff", nickname: "staff")
        _ = try await graph.refer("acceptedSenders", "\(Fixture.root)/groups/\(Self.staff)")
        _ = try await graph.send(.delete, "/groups/\(Self.staff)")
        #expect(try await graph.get("\(graph.group)/acceptedSenders").ids == [])
    }
}

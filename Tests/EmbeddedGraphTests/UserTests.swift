import EmbeddedGraph
import GraphModel
import Testing

@Suite struct UserTests {
    // Reference, section 4.2: GET /me, /users/{id or upn}.
    @Test func `a user is found by id and by principal name in any letter case`() async throws {
        let graph = try await Fixture()
        let id = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let expected: JSONValue = [
            "@odata.context": "\(Fixture.root)/$metadata#users/$entity", "id": "\(id)",
            "displayName": "Megan Bowen", "mail": "megan@contoso.example",
            "userPrincipalName": "megan@contoso.example",
        ]
        for key in [id, id.uppercased(), "megan@contoso.example", "Megan@Contoso.example"] {
            let answer = try await graph.get("/users/\(key)")
            #expect(answer.status == 200 && answer.json == expected)
        }
        #expect(try await graph.get("/users/nobody@contoso.example").isRefusal(404, .directoryNotFound))
    }

    @Test func `all users are listed, the operator among them`() async throws {
        let graph = try await Fixture()
        let id = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let list = try await graph.get("/users")
        #expect(list.ids == [id, graph.store.operatorCaller.id].sorted())
        let found = try await graph.get("/users", query: "$filter=mail eq 'megan@contoso.example'&$select=displayName")
        #expect(found.items == [["id": "\(id)", "displayName": "Megan Bowen"]])
    }

    @Test func `the operator stays who it was, whatever ids other users have`() async throws {
        let graph = try await Fixture()
        for index in 0..<16 { _ = try await graph.addUser("User \(index)", "user\(index)@contoso.example") }
        let caller = graph.store.operatorCaller
        try graph.store.close()
        for name in ["Adele Vance", "Somebody Else"] {
            let again = try EmbeddedGraph(path: graph.path, operatorName: name, clock: graph.clock.read)
            #expect(again.operatorCaller == caller)
            try again.close()
        }
    }

    @Test func `a principal name is taken whatever its letter case`() async throws {
        let graph = try await Fixture()
        _ = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        let again = try await graph.send(
            .post,
            "/users",
            #"{"displayName":"Megan","userPrincipalName":"MEGAN@contoso.example"}"#
        )
        #expect(again.isRefusal(400, .directoryBadRequest))
        let wrong = try await graph.send(.post, "/users", #"{"displayName":"Megan","userPrincipalName":"megan"}"#)
        #expect(wrong.isRefusal(400, .directoryBadRequest))
    }

    @Test func `me is the caller, and nobody for an application`() async throws {
        let graph = try await Fixture()
        let me = try await graph.get("/me", by: graph.member)
        #expect(me.json["id"] == "\(graph.member.id)" && me.json["displayName"] == "Megan Bowen")
        #expect(try await graph.get("/me/memberOf", by: graph.application).isRefusal(400, .badRequest))
    }
}

import GraphModel
import Testing

@Suite struct GroupChangeTests {
    @Test func `a changed group is answered by 204 and reads as it was changed`() async throws {
        let graph = try await Fixture()
        let change = """
            {"displayName":"Sales Europe","description":"All of it","visibility":"Private","securityEnabled":true}
            """
        let answer = try await graph.send(.patch, graph.group, change)
        #expect(answer.status == 204 && answer.response.body.isEmpty)
        let group = try await graph.get(graph.group).json
        #expect(group["displayName"] == "Sales Europe" && group["description"] == "All of it")
        #expect(group["visibility"] == "Private" && group["securityEnabled"] == true)
        #expect(group["mailNickname"] == "sales" && group["mail"] == "sales@contoso.example")
        let cleared = try await graph.send(.patch, graph.group, #"{"description":null}"#)
        #expect(cleared.status == 204)
        #expect(try await graph.get(graph.group).json["description"] == .null)
    }

    @Test func `the address follows the nickname, which stays unique`() async throws {
        let graph = try await Fixture()
        try await graph.add("5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22", "Research", nickname: "research")
        let taken = try await graph.send(.patch, graph.group, #"{"mailNickname":"Research"}"#)
        #expect(taken.isRefusal(400, .directoryBadRequest))
        let same = try await graph.send(.patch, graph.group, #"{"mailNickname":"Sales"}"#)
        #expect(same.status == 204)
        let moved = try await graph.send(.patch, graph.group, #"{"mailNickname":"sales-eu"}"#)
        #expect(moved.status == 204)
        #expect(try await graph.get(graph.group).json["mail"] == "sales-eu@contoso.example")
    }

    @Test(arguments: [
        (#"{"displayName":""}"#, "displayName"), (#"{"mailEnabled":false}"#, "mailEnabled"),
        (#"{"groupTypes":[]}"#, "groupTypes"), (#"{"mail":"other@contoso.example"}"#, "mail"),
        (#"{"visibility":"HiddenMembership"}"#, "visibility"), (#"{"visibility":"Secret"}"#, "visibility"),
        (#"{"isAssignableToRole":true}"#, "isAssignableToRole"),
        (#"{"securityIdentifier":"S-1"}"#, "securityIdentifier"),
        (#"{"unseen":true}"#, "unseen"),
    ])
    func `what cannot be changed is refused by name and changes nothing`(body: String, name: String) async throws {
        let graph = try await Fixture()
        let before = try await graph.get(graph.group).json
        let answer = try await graph.send(.patch, graph.group, body)
        #expect(answer.isRefusal(400, .directoryBadRequest))
        #expect(answer.message.contains(name))
        #expect(try await graph.get(graph.group).json == before)
    }

    @Test func `a group may be sent back whole`() async throws {
        let graph = try await Fixture()
        let whole = try await graph.get(graph.group)
        let answer = try await graph.send(.patch, graph.group, whole.text)
        #expect(answer.status == 204)
        #expect(try await graph.get(graph.group).json == whole.json)
    }

    @Test func `a group that is not there cannot be changed`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .patch,
            "/groups/5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22",
            #"{"displayName":"A"}"#
        )
        #expect(answer.isRefusal(404, .directoryNotFound))
    }
}

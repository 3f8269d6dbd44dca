import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 4.2: subscribeByMail and the like; sections 3.7 and 11.5.
@Suite struct PersonalStateTests {
    private static let actions = [
        "subscribeByMail", "unsubscribeByMail", "resetUnseenCount", "addFavorite", "removeFavorite",
    ]
    private static let query = "$select=isSubscribedByMail,unseenCount,isFavorite"

    // Reference, section 2.2: success of subscribe actions.
    @Test(arguments: actions)
    func `an action is answered 200 without a body, or 204 to who prefers little`(_ action: String) async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/\(action)"
        let plain = try await graph.send(.post, path, by: graph.member)
        #expect(plain.status == 200 && plain.response.body.isEmpty && plain.headers["Content-Type"] == nil)
        let minimal = try await graph.send(.post, path, by: graph.member, headers: ["Prefer": "return=minimal"])
        #expect(minimal.status == 204 && minimal.response.body.isEmpty)
        #expect(minimal.headers["Preference-Applied"] == "return=minimal")
    }

    // Reference, section 2.2: unsubscribeByMail.
    @Test(arguments: actions)
    func `an application has no mail, no favourites and sees nothing`(_ action: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "\(graph.group)/\(action)", by: graph.application)
        #expect(answer.isRefusal(403, .accessDenied))
        #expect(
            try await graph.get(graph.group, query: Self.query, by: graph.application).isRefusal(403, .accessDenied)
        )
    }

    @Test func `each user has subscription, favourite and unseen conversations of their own`() async throws {
        let graph = try await Fixture()
        func state(_ caller: Caller) async throws -> [JSONValue?] {
            let json = try await graph.get(graph.group, query: Self.query, by: caller).json
            return [json["isSubscribedByMail"], json["isFavorite"], json["unseenCount"]]
        }
        let adele = graph.store.operatorCaller
        _ = try await graph.converse("One")
        let made = try await graph.converse("Two")
        #expect(try await state(graph.member) == [true, false, 2])
        for action in ["unsubscribeByMail", "addFavorite", "resetUnseenCount"] {
            _ = try await graph.send(.post, "\(graph.group)/\(action)", by: graph.member)
        }
        #expect(try await state(graph.member) == [false, true, 0])
        #expect(try await state(adele) == [true, false, 2])
        _ = try await graph.reply(made.thread)
        #expect(try await state(graph.member) == [false, true, 1])
        for action in ["subscribeByMail", "removeFavorite", "resetUnseenCount"] {
            _ = try await graph.send(.post, "\(graph.group)/\(action)", by: graph.member)
        }
        #expect(try await state(graph.member) == [true, false, 0])
    }

    // Reference, sections 3.7 and 4.2: PATCH /groups/{id}; the mix with other properties is taken.
    @Test func `a change of the group subscribes its caller, and nobody else`() async throws {
        let graph = try await Fixture()
        func isSubscribed(_ caller: Caller) async throws -> JSONValue? {
            try await graph.get(graph.group, query: "$select=isSubscribedByMail", by: caller).json["isSubscribedByMail"]
        }
        let body = #"{"isSubscribedByMail":false,"description":"New"}"#
        #expect(try await graph.send(.patch, graph.group, body, by: graph.member).status == 204)
        #expect(try await isSubscribed(graph.member) == false)
        #expect(try await isSubscribed(graph.store.operatorCaller) == true)
        #expect(try await graph.get(graph.group).json["description"] == "New")
        let back = try await graph.send(.patch, graph.group, #"{"IsSubscribedByMail":true}"#, by: graph.member)
        #expect(back.status == 204)
        #expect(try await isSubscribed(graph.member) == true)
        let program = try await graph.send(
            .patch,
            graph.group,
            #"{"isSubscribedByMail":true,"description":"Newer"}"#,
            by: graph.application
        )
        #expect(program.isRefusal(403, .accessDenied))
        #expect(try await graph.get(graph.group).json["description"] == "New")
    }

    // Reference, section 3.7: with $select on a single GET only.
    @Test func `what a group is to a user is not told unasked, nor of many groups`() async throws {
        let graph = try await Fixture()
        #expect(try await graph.get(graph.group).json["unseenCount"] == nil)
        #expect(try await graph.get("/groups", query: Self.query).isRefusal(400, .badRequest))
    }

    // Reference, section 4.2: validateProperties.
    @Test func `names that a group could have are answered 204, others 422`() async throws {
        let graph = try await Fixture()
        try await graph.add("5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22", "Staff", nickname: "staff")
        let path = "\(graph.group)/validateProperties"
        for body in [
            #"{"displayName":"New name","mailNickname":"new"}"#, #"{"displayName":"Sales"}"#, "{}",
            #"{"MailNickname":"sales","onBehalfOfUserId":"4562bcc8-c436-4f95-b7c0-4f8ce89dca5e"}"#,
        ] {
            let answer = try await graph.send(.post, path, body)
            #expect(answer.status == 204 && answer.response.body.isEmpty)
        }
        for body in [#"{"displayName":""}"#, #"{"mailNickname":"a b"}"#, #"{"mailNickname":"STAFF"}"#] {
            #expect(try await graph.send(.post, path, body).isRefusal(422, .directoryBadRequest))
        }
        #expect(try await graph.get(graph.group).json["displayName"] == "Sales")
    }
}

import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 20: guests read posts; section 11.4.
@Suite struct GuestTests {
    @Test(arguments: ServerMode.allCases)
    func `a guest who is a member reads posts, or only answers them`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        let id = try await graph.send(
            .post,
            "/users",
            #"{"displayName":"Diego Siciliani","userPrincipalName":"diego@fabrikam.example","userType":"guest"}"#
        ).id()
        let diego = Caller(
            id: id,
            displayName: "Diego Siciliani",
            address: "diego@fabrikam.example",
            kind: .delegated
        )
        #expect(try await graph.get("/users/\(id)", query: "$select=userType").json["userType"] == "Guest")
        let thread = "\(graph.group)/threads/\(made.thread)"
        let body = #"{"post":\#(Fixture.post("Reply"))}"#
        // A public group is open to all but guests.
        #expect(try await graph.get("\(thread)/posts", by: diego).isRefusal(403, .accessDenied))
        #expect(try await graph.send(.post, "\(thread)/reply", body, by: diego).isRefusal(403, .accessDenied))
        _ = try await graph.refer("members", "\(Fixture.root)/users/\(id)")
        #expect(try await graph.send(.post, "\(thread)/reply", body, by: diego).status == 202)
        for path in [
            "\(graph.group)/conversations", "\(graph.group)/threads", thread, "\(thread)/posts",
            "\(thread)/posts/\(made.post)",
        ] {
            let answer = try await graph.get(path, by: diego)
            if mode == .lenient {
                #expect(answer.status == 200)
            } else {
                #expect(answer.isRefusal(403, .accessDenied) && answer.message.contains("Guests"))
            }
        }
    }

    @Test func `a type of users that is none is refused, and members are the rule`() async throws {
        let graph = try await Fixture()
        let wrong = try await graph.send(
            .post,
            "/users",
            #"{"displayName":"A","userPrincipalName":"a@contoso.example","userType":"Robot"}"#
        )
        #expect(wrong.isRefusal(400, .directoryBadRequest) && wrong.target == "/userType")
        let id = try await graph.addUser("Megan Bowen", "megan@contoso.example")
        #expect(try await graph.get("/users/\(id)", query: "$select=userType").json["userType"] == "Member")
    }
}

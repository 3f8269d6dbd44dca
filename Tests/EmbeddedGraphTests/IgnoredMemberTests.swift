import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 6.3: unknown members on input.
@Suite struct IgnoredMemberTests {
    @Test func `members of the body that mean nothing are named in a header`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .post,
            "\(graph.group)/conversations",
            """
            {"@odata.type":"#microsoft.graph.conversation","topik":"T","topic":"T","lastDeliveredDateTime":null,
            "threads":[{"posts":[{"body":{"content":"x","colour":{"red":1,"green":2}},"Ünknown":[1]}]}]}
            """
        )
        #expect(answer.status == 201 && answer.headers["x-ignored-members"] == "topik, colour, %C3%9Cnknown")
    }

    @Test func `a body of known members has no such header`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        let reply = try await graph.send(
            .post,
            "\(path)/reply",
            ##"{"@odata.context":"x","Post":{"@odata.type":"#microsoft.graph.post","body":{"content":"x"},"changeKey":"k"}}"##
        )
        #expect(reply.status == 202 && reply.headers["x-ignored-members"] == nil)
        let change = try await graph.send(.patch, path, #"{"isLocked":true,"colour":"red"}"#)
        #expect(change.status == 200 && change.headers["x-ignored-members"] == "colour")
    }

    @Test func `new groups, new users and references say so, too`() async throws {
        let graph = try await Fixture()
        let me = graph.store.operatorCaller.id
        for (path, body) in [
            ("/groups", #"{"displayName":"Staff","mailNickname":"staff","groupTypes":["Unified"],"colour":"red"}"#),
            ("/users", #"{"displayName":"Megan","userPrincipalName":"megan@contoso.example","colour":"red"}"#),
            ("\(graph.group)/acceptedSenders/$ref", #"{"@odata.id":"\#(Fixture.root)/users/\#(me)","colour":"red"}"#),
            ("\(graph.group)/members/$ref", #"{"@odata.id":"\#(Fixture.root)/users/\#(me)","colour":"red"}"#),
        ] {
            let answer = try await graph.send(.post, path, body)
            #expect(answer.response.isSuccess && answer.headers["x-ignored-members"] == "colour")
        }
    }

    // Reference, section 5.5.
    @Test func `a thread may be sent back whole, recipients too, but none of it changed`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(
            post: #""newParticipants":[{"emailAddress":{"name":"Alex","address":"alex@contoso.example"}}]"#
        )
        let path = "\(graph.group)/threads/\(made.thread)"
        let names =
            "id,topic,hasAttachments,lastDeliveredDateTime,uniqueSenders,preview,isLocked,toRecipients,ccRecipients"
        let whole = try await graph.get(path, query: "$select=\(names)")
        let answer = try await graph.send(
            .patch,
            path,
            whole.text.replacing(#""isLocked":false"#, with: #""isLocked":true"#)
        )
        #expect(answer.status == 200 && answer.response.body.isEmpty && answer.headers["x-ignored-members"] == nil)
        #expect(try await graph.get(path).json["isLocked"] == true)
        let changed = whole.text.replacing("alex@contoso.example", with: "diego@contoso.example")
        let refused = try await graph.send(.patch, path, changed)
        #expect(refused.isRefusal(400, .invalidRequest) && refused.target == "/toRecipients")
    }
}

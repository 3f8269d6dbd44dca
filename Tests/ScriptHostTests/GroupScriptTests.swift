import EmbeddedGraph
import GraphModel
import Testing

@testable import ScriptHost

@Suite struct GroupScriptTests {
    @Test func `a script changes a group and lists its members and owners`() async throws {
        let world = try await ScriptWorld()
        let group = ScriptWorld.groups[0]
        for role in ["members", "owners"] {
            let link = "{\"@odata.id\":\"http://localhost/v1.0/users/\(world.store.operatorCaller.id)\"}"
            let request = GraphRequest(
                .post,
                "/groups/\(group)/\(role)/$ref",
                body: Array(link.utf8),
                caller: world.store.operatorCaller
            )
            #expect(try await world.store.respond(to: request).status == 204)
        }
        let output = try await world.run(
            """
            local group = graph.groups["\(group)"]
            group:update { displayName = "Research" }
            print(group:get().displayName)
            for member in group.members:each() do print("member", member.displayName) end
            for owner in group.owners:each() do print("owner", owner.displayName) end
            """
        )
        #expect(output == "Research\nmember\tAdele\nowner\tAdele\n")
    }

    @Test func `a script says who may post, and sees it`() async throws {
        let world = try await ScriptWorld()
        let output = try await world.run(
            """
            local group = graph.groups["\(ScriptWorld.groups[0])"]
            local path = "/groups/\(ScriptWorld.groups[0])/acceptedSenders"
            graph.post(path .. "/$ref", {
              ["@odata.id"] = "https://graph.microsoft.com/v1.0/users/\(world.store.operatorCaller.id)",
            })
            for sender in group.acceptedSenders:each() do print("accepted", sender.displayName) end
            graph.delete(path .. "/\(world.store.operatorCaller.id)/$ref")
            print(#group.acceptedSenders:list().value, #group.rejectedSenders:list().value)
            """
        )
        #expect(output == "accepted\tAdele\n0\t0\n")
    }

    @Test func `a script forwards a post, which waits to be mailed`() async throws {
        let world = try await ScriptWorld()
        let output = try await world.run(
            """
            local group = graph.groups["\(ScriptWorld.groups[0])"]
            local thread = group.threads:create { topic = "Offsite", posts = { { body = text "Which week?" } } }
            local post = group.threads[thread.id].posts:list().value[1]
            print(group.threads[thread.id].posts[post.id]:forward {
              comment = "For you", toRecipients = { { emailAddress = { address = "alex@contoso.example" } } },
            })
            print(#group.threads[thread.id].posts:list().value)
            """
        )
        let mails = try await world.store.outboundMail()
        #expect(mails.map(\.subject) == ["FW: Offsite"] && mails.map(\.comment) == ["For you"])
        #expect(output.hasSuffix("1\n"))
    }
}

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
}

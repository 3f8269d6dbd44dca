import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// Plans for a Herald server.
@Suite struct RemotePlanTests {
    private static let grants = ["--allow-all-groups", "--max-posts", "100"]

    @Test func `a plan for a server sends nothing, and applying it sends exactly that`() async throws {
        let stage = try await RemoteStage(groups: 12)
        let planned = try await stage.herald.run(
            ["plan", "--json", "--backend", stage.server.address] + Self.grants + ["announce.lua"]
        )
        #expect(planned.status == 0, "\(planned.error)")
        let plan = try JSONValue(Array(planned.output.utf8))
        #expect(plan["announcements"]?.elements?.first?["new"] == .integer(12))
        #expect(try stage.writes.isEmpty)
        let refused = try await stage.herald.run(
            ["apply", "--backend", stage.server.address] + Self.grants + ["last"]
        )
        // Twelve posts need a yes, and nobody is there.
        #expect(refused.status == 2, "\(refused.error)")
        #expect(try stage.writes.isEmpty)
        let applied = try await stage.herald.run(
            ["apply", "--json", "--yes", "--backend", stage.server.address] + Self.grants + ["last"]
        )
        await stage.server.stop()
        #expect(applied.status == 0, "\(applied.error)")
        #expect(try RemoteStage.tally(applied)["sent"]?.double == 12)
        #expect(try stage.world.store.count("conversation") == 12)
    }

    @Test func `what was not granted is found out when it is planned`() async throws {
        let stage = try await RemoteStage(groups: 12)
        let none = try await stage.run("plan", "announce.lua")
        #expect(none.status == 2, "\(none.error)")
        let few = try await stage.run("plan", "--allow-all-groups", "--max-posts", "11", "announce.lua")
        #expect(few.status == 1, "\(few.error)")
        #expect(few.error.contains("1 more than"))
        // A plan that was granted is not applied without the grant.
        let planned = try await stage.run("plan", "--allow-all-groups", "announce.lua")
        #expect(planned.status == 0, "\(planned.error)")
        let applied = try await stage.run("apply", "--yes", "last")
        await stage.server.stop()
        #expect(applied.status == 2, "\(applied.error)")
        #expect(try stage.writes.isEmpty)
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `a run finds out beforehand which groups are not there`() async throws {
        let stage = try await RemoteStage(groups: 3)
        let missing = "11111111-2222-4333-8444-555555555555"
        var text = try String(contentsOfFile: stage.world.folder + "/groups.csv", encoding: .utf8)
        let columns = try #require(text.split(separator: "\n").first).split(separator: ",").count
        if !text.hasSuffix("\n") { text += "\n" }
        text += missing + ",Gone" + String(repeating: ",", count: columns - 2) + "\n"
        try stage.world.write(text, to: "groups.csv")
        let ending = try await stage.run("run --json", "--allow-all-groups", "announce.lua")
        await stage.server.stop()
        #expect(ending.status == 3, "\(ending.error)")
        let tally = try RemoteStage.tally(ending)
        #expect(tally["sent"]?.double == 3 && tally["failed"]?.double == 1)
        #expect(ending.error.contains("1 cannot: \"Gone\" does not exist"), "\(ending.error)")
        #expect(ending.output.contains("Request_ResourceNotFound"))
        #expect(try !stage.writes.contains { $0.path?.contains(missing) == true })
    }
}

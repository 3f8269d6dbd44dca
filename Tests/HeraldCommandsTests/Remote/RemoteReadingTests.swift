import GraphModel
import Testing

@testable import HeraldCommands

/// What shows things shows those of a backend elsewhere, too.
@Suite struct RemoteReadingTests {
    @Test func `groups, conversations, threads and posts are listed page by page, as from the store`() async throws {
        let stage = try await RemoteStage(groups: 230)
        let list = try await stage.run("groups list", "--json")
        #expect(list.status == 0, "\(list.error)")
        let groups = try #require(try JSONValue(Array(list.output.utf8))["value"]?.elements)
        #expect(groups.count == 230)
        #expect(await stage.world.run("groups", "list", "--json") == .done)
        #expect(try JSONValue(Array(stage.world.output.take().utf8))["value"]?.elements == groups)

        let announced = try await stage.run(
            "run --json --yes",
            "--allow-all-groups",
            "--max-posts",
            "230",
            "announce.lua"
        )
        #expect(announced.status == 0, "\(announced.error)")
        let conversations = try await stage.run("conversations list", RemoteStage.wellness)
        #expect(conversations.output.contains("Take your wellness days and rest"))
        let threads = try await stage.run("threads list --json", RemoteStage.wellness)
        let thread = try #require(
            try JSONValue(Array(threads.output.utf8))["value"]?.elements?.first?["id"]?.string
        )
        let posts = try await stage.run("posts list", RemoteStage.wellness, thread)
        #expect(posts.status == 0, "\(posts.error)")
        let group = try await stage.run("groups show", RemoteStage.wellness)
        #expect(group.output.contains("Contoso Wellness"))
        await stage.server.stop()
    }

    @Test func `runs and show read the ledger of the backend, without a network and without a token`() async throws {
        let stage = try await RemoteStage(groups: 3)
        #expect(try await stage.run("run", "--allow-all-groups", "announce.lua").status == 0)
        await stage.server.stop()
        let herald = HeraldProcess(folder: stage.world.folder, home: "client")
        let runs = try await herald.run("runs", "--backend", stage.server.address)
        #expect(runs.status == 0, "\(runs.error)")
        #expect(runs.output.contains("wellness-2026: 3 announced"))
        let show = try await herald.run("show", "--backend", stage.server.address, "last")
        #expect(show.output.contains("backend"))
        #expect(show.output.contains(stage.server.address))
        let embedded = try await herald.run("runs")
        #expect(embedded.error.contains("There are no runs yet."))
    }

    @Test func `without a token reading says how to get one`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("groups", "list", "--backend", "http://127.0.0.1:9") == .usage)
        #expect(world.error.text.contains("HERALD_TOKEN"))
    }
}

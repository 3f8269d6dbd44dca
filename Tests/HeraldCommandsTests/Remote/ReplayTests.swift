import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// A run that was recorded runs again without its backend.
@Suite struct ReplayTests {
    private static let faults = "lost-reply=8%,throttle=8%,unavailable=4%,reset=4%,read-lag=200ms"

    @Test(arguments: [[], ["--no-keys"]])
    func `a replay comes to what the run came to, faults and all, and sends nothing`(options: [String]) async throws {
        let stage = try await RemoteStage(groups: 25, options: ["--faults", Self.faults, "--seed", "11"] + options)
        let run = try await stage.run(
            "run --json --yes --record a.har --read-lag 1",
            "--allow-all-groups",
            "announce.lua"
        )
        await stage.server.stop()
        let text = try String(contentsOfFile: stage.world.folder + "/a.har", encoding: .utf8)
        #expect(!text.contains(ServerUnderTest.token))
        let mode = try FileManager.default.attributesOfItem(atPath: stage.world.folder + "/a.har")[.posixPermissions]
        #expect(mode as? Int == 0o600)

        let herald = HeraldProcess(folder: stage.world.folder, home: "elsewhere")
        let replay = try await herald.run("run", "--json", "--replay", "a.har", "--read-lag", "1", "announce.lua")
        #expect(replay.status == run.status, "\(replay.error)")
        let (was, came) = (try RemoteStage.tally(run), try RemoteStage.tally(replay))
        for name in ["targets", "sent", "already", "failed", "ambiguous", "changed"] {
            #expect(was[name]?.double == came[name]?.double, "\(name): \(replay.error)")
        }
        // No ledger is kept: it runs as often as one likes.
        let again = try await herald.run("run", "--json", "--replay", "a.har", "--read-lag", "1", "announce.lua")
        #expect(try RemoteStage.tally(again)["sent"]?.double == was["sent"]?.double)
    }

    @Test func `a run on the embedded store can be recorded and replayed`() async throws {
        let world = try CapturedWorld()
        try world.write("id,displayName,mailNickname\n\(RemoteStage.wellness),Wellness,wellness\n", to: "groups.csv")
        try world.write(
            """
            local thread = graph.groups["\(RemoteStage.wellness)"].threads:create {
              topic = "Tea", posts = { { body = text "At four." } } }
            print(thread.topic, #graph.get("/groups").value)
            """,
            to: "tea.lua"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        _ = world.output.take()
        #expect(await world.run("run", "--record", "tea.har", "tea.lua") == .done)
        let printed = world.output.take()
        #expect(try world.store.count("thread") == 1)
        #expect(await world.run("run", "--replay", "tea.har", "tea.lua") == .done)
        #expect(world.output.take() == printed)
        #expect(world.error.take().contains("Replay finished; nothing was sent"))
        #expect(try world.store.count("thread") == 1)

        #expect(await world.run("run", "--record", "tea.har", "tea.lua") == .failed)
        #expect(world.error.take().contains("is there already"))
    }

    @Test func `what was not recorded is refused by name`() async throws {
        let world = try CapturedWorld()
        try world.write(#"graph.get "/groups""#, to: "a.lua")
        try world.write(#"graph.get "/users?$top=3""#, to: "b.lua")
        #expect(await world.run("run", "--record", "a.har", "a.lua") == .done)
        _ = world.error.take()
        #expect(await world.run("run", "--replay", "a.har", "b.lua") == .failed)
        #expect(world.error.take().contains("no answer (left) to GET /users?$top=3"))
    }

    @Test func `a replay asks no backend, and cannot be resumed`() async throws {
        let world = try CapturedWorld()
        try world.write("", to: "a.lua")
        #expect(await world.run("run", "--replay", "a.har", "--record", "b.har", "a.lua") == .usage)
        #expect(await world.run("run", "--replay", "a.har", "--backend", "global", "a.lua") == .usage)
        #expect(await world.run("resume", "--replay", "a.har", "last") == .usage)
        #expect(await world.run("run", "--replay", "a.har", "a.lua") == .failed)
        #expect(world.error.take().contains("a.har: there is no such file"))
    }
}

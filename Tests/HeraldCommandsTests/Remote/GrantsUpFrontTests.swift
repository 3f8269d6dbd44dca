import GraphModel
import Testing

@testable import HeraldCommands

/// What may not be sent is known before anything is.
@Suite struct GrantsUpFrontTests {
    private static func check(
        _ arguments: [String],
        status: Int32,
        names words: [String]
    ) async throws {
        let stage = try await RemoteStage(groups: 12)
        let ending = try await stage.herald.run(
            ["run", "--backend", stage.server.address] + arguments + ["announce.lua"]
        )
        await stage.server.stop()
        #expect(ending.status == status, "\(ending.error)")
        for word in words { #expect(ending.error.contains(word), "\(ending.error)") }
        #expect(ending.error.contains("nothing was sent"))
        #expect(try stage.writes.isEmpty)
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `without a grant an announcement is refused as a whole`() async throws {
        try await Self.check(["--yes"], status: 2, names: ["its 12 targets", "--allow-groups", "--allow-all-groups"])
    }

    @Test func `a grant for some of its targets is not enough`() async throws {
        try await Self.check(
            ["--yes", "--allow-groups", RemoteStage.wellness, "--max-posts", "100"],
            status: 1,
            names: ["11 of its 12 targets were not granted", "--allow-groups"]
        )
    }

    @Test func `names decide as well as ids`() async throws {
        try await Self.check(
            ["--yes", "--allow-groups", "wellness*", "--max-posts", "100"],
            status: 1,
            names: ["11 of its 12 targets were not granted"]
        )
    }

    @Test func `more posts than were granted are refused as a whole`() async throws {
        try await Self.check(
            ["--yes", "--allow-all-groups", "--max-posts", "11"],
            status: 1,
            names: ["it makes 12 posts, 1 more than", "--max-posts"]
        )
    }

    @Test func `without a terminal ten posts take --yes`() async throws {
        try await Self.check(["--allow-all-groups"], status: 2, names: ["12 posts", "--yes"])
    }

    @Test func `fewer than ten posts ask nobody, and after a refusal the same run can be made`() async throws {
        let stage = try await RemoteStage(groups: 9)
        let refused = try await stage.run("run --json", "announce.lua")
        #expect(refused.status == 2)
        let ending = try await stage.run("run --json", "--allow-all-groups", "announce.lua")
        #expect(ending.status == 0, "\(ending.error)")
        #expect(try RemoteStage.tally(ending)["sent"]?.double == 9)
        // All have it: there is nothing to grant or to ask.
        let again = try await stage.run("run --json --ask", "announce.lua")
        await stage.server.stop()
        #expect(again.status == 0, "\(again.error)")
        #expect(try RemoteStage.tally(again)["already"]?.double == 9)
    }

    @Test func `on a terminal the question is put, and an answer taken`() async throws {
        let world = try CapturedWorld()
        try world.write("id\n\(RemoteStage.wellness)\n", to: "groups.csv")
        try world.write(
            #"announce { name = "x", to = csv.read "groups.csv", topic = "t", body = text "b" }"#,
            to: "a.lua"
        )
        try world.write(
            "id,displayName,mailNickname\n\(RemoteStage.wellness),Wellness,wellness\n",
            to: "import.csv"
        )
        #expect(await world.run("groups", "import", "import.csv") == .done)
        let terminal = HeraldTerminal(folder: world.folder)
        let no = try await terminal.run("run --ask a.lua", [.init(sign: "[y/N] ", keys: "n\n")])
        #expect(no.status == 2, "\(no.screen)")
        #expect(no.screen.contains("Send 1 post of 'x' to "))
        #expect(no.screen.contains("it was declined; nothing was sent"))
        #expect(try world.store.count("conversation") == 0)
        let stopped = try await terminal.run("run --ask a.lua", [.init(sign: "[y/N] ", keys: "\u{3}")])
        #expect(stopped.status == 130, "\(stopped.screen)")
        let yes = try await terminal.run("run --ask a.lua", [.init(sign: "[y/N] ", keys: "yes\n")])
        #expect(yes.status == 0, "\(yes.screen)")
        #expect(try world.store.count("conversation") == 1)
    }
}

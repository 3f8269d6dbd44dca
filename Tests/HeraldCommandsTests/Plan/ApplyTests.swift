import Foundation
import GRDB
import GraphModel
import Testing

@testable import HeraldCommands

/// `herald apply`: exactly what was planned, or nothing.
@Suite struct ApplyTests {
    private static let groups = PlanTests.groups

    private func planned(_ script: String = "a.lua") async throws -> CapturedWorld {
        let world = try await PlanTests.world()
        let status = await world.run("plan", script)
        #expect(status == .done, "\(world.error.text)")
        _ = world.error.take()
        _ = world.output.take()
        return world
    }

    private func change(_ world: CapturedWorld, _ file: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: world.folder + "/state/" + file)
        try queue.write { db in try db.execute(sql: sql) }
        try queue.close()
    }

    private func refused(_ world: CapturedWorld, _ words: String...) async throws {
        #expect(await world.run("apply", "last") == .failed)
        let said = world.error.take()
        for word in words { #expect(said.contains(word), "\(said)") }
        #expect(try world.store.count("conversation") == 0)
        #expect(await world.run("runs") == .done)
        #expect(world.error.take().contains("no runs"))
    }

    @Test func `exactly what was planned is sent, whatever has become of the script`() async throws {
        let world = try await planned()
        try world.write("error 'changed'", to: "a.lua")
        try world.write("id\n", to: "groups.csv")
        #expect(await world.run("apply", "last", "--json") == .done, "\(world.error.text)")
        let report = try JSONValue(Array(world.output.take().utf8))
        #expect(report["announcements"]?.elements?.first?["sent"] == .integer(3))
        #expect(try world.store.topics() == ["Rest, Board", "Rest, Sales", "Rest, Wellness"])
        #expect(await world.run("runs", "--json") == .done)
        #expect(world.output.take().contains("\"state\":\"finished\""))
    }

    @Test func `a plan is applied once`() async throws {
        let world = try await planned()
        #expect(await world.run("apply", "last") == .done)
        _ = world.error.take()
        #expect(await world.run("apply", "last") == .failed)
        let said = world.error.take()
        #expect(said.contains("was applied by the run "), "\(said)")
        #expect(said.contains("herald resume "))
        #expect(try world.store.count("conversation") == 3)
    }

    @Test func `posts that reply are called replies by a plan, and when it is shown and applied`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        _ = try await stage.announce()
        try await stage.add(groups: 4)
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "Friday", onChange = "reply" }
            """,
            to: "b.lua"
        )
        let words = "t: 4 announcements: 1 new, 3 replies to those who have the first"
        let planned = await stage.run("plan", "b.lua")
        #expect(planned.status == .done && planned.error.contains(words), "\(planned.error)")
        let shown = await stage.run("plan", "show", "last")
        #expect((shown.output + shown.error).contains(words), "\(shown.output)\(shown.error)")
        let applied = await stage.run("apply", "last")
        #expect(applied.status == .done && applied.error.contains(words + "\n"), "\(applied.error)")
        #expect(try await stage.posts(of: AfterwardsStage.groups[0]) == ["Hello Team 0", "Friday"])
    }

    @Test func `a target that vanished is named`() async throws {
        let world = try await planned()
        try change(world, "graph.sqlite", "UPDATE \"group\" SET deletedAt = 5 WHERE id = '\(Self.groups[1])'")
        try await refused(
            world,
            "1 of its targets has changed",
            "\"Board\" (\(Self.groups[1])) does not exist any more"
        )
    }

    @Test func `a target that goes by another name is named`() async throws {
        let world = try await planned()
        try change(world, "graph.sqlite", "UPDATE \"group\" SET displayName = 'Chairs' WHERE id = '\(Self.groups[1])'")
        try await refused(world, "\"Board\" (\(Self.groups[1])) is called \"Chairs\" now")
    }

    @Test(
        arguments: [
            (#"graph.groups["\#(groups[1])"].threads:create { topic = "t", posts = { { body = text "x" } } }"#),
            (#"graph.patch("/groups/\#(groups[1])", { description = "new" })"#),
        ]
    )
    func `a group to which the script itself writes is looked at, too`(write: String) async throws {
        let renamed = "UPDATE \"group\" SET displayName = 'Chairs' WHERE id = '\(Self.groups[1])'"
        let gone = "UPDATE \"group\" SET deletedAt = 5 WHERE id = '\(Self.groups[1])'"
        for (sql, says) in [
            (renamed, "\"Board\" (\(Self.groups[1])) is called \"Chairs\" now"),
            (gone, "\"Board\" (\(Self.groups[1])) does not exist any more"),
        ] {
            let world = try await PlanTests.world()
            try world.write(write + "\n" + write, to: "b.lua")
            #expect(await world.run("plan", "b.lua") == .done, "\(world.error.text)")
            _ = world.error.take()
            try change(world, "graph.sqlite", sql)
            try await refused(world, "1 of its targets has changed", says)
        }
        let world = try await PlanTests.world()
        try world.write(write, to: "b.lua")
        #expect(await world.run("plan", "b.lua") == .done)
        #expect(await world.run("apply", "last") == .done, "\(world.error.text)")
    }

    @Test func `an audience that grew by more than a fifth is named`() async throws {
        let world = try await PlanTests.world()
        func member(_ number: Int) throws {
            let id = "00000000-0000-4000-8000-\(String(format: "%012d", number))"
            try change(
                world,
                "graph.sqlite",
                """
                INSERT INTO user (id, displayName, address) VALUES ('\(id)', 'U\(number)', 'u\(number)@example.com');
                INSERT INTO member (groupID, userID) VALUES ('\(Self.groups[2])', '\(id)');
                """
            )
        }
        for number in 1...10 { try member(number) }
        #expect(await world.run("plan", "a.lua") == .done)
        for number in 11...12 { try member(number) }
        let changes = world.error.take()
        #expect(changes.contains("all new"))
        // A fifth more is well.
        #expect(await world.run("plan", "show", "last") == .done)
        try member(13)
        try await refused(world, "\"Sales\" (\(Self.groups[2])) had 10 members and has 13 now")
    }

    @Test func `a plan that was changed is refused`() async throws {
        let world = try await planned()
        try change(
            world,
            "ledger.sqlite",
            "UPDATE planItem SET body = CAST(replace(CAST(body AS TEXT), 'Hello', 'Bye') AS BLOB)"
        )
        try await refused(world, "was changed after it was made")
    }

    @Test func `a plan for another backend is refused`() async throws {
        let world = try await planned()
        let file = world.folder + "/x.plan"
        #expect(await world.run("plan", "-o", file, "a.lua") == .done)
        _ = world.error.take()
        #expect(await world.run("apply", "--store", world.folder + "/other/graph.sqlite", file) == .failed)
        #expect(world.error.take().contains("was made for \(world.folder)/state/graph.sqlite"))
    }

    @Test func `a group that got it since is passed over`() async throws {
        let world = try await planned()
        try world.write(
            "announce { name = \"news\", to = { \"\(Self.groups[0])\" }, topic = \"Rest, Wellness\", body = html \"<p>Hello</p>\" }",
            to: "one.lua"
        )
        #expect(await world.run("run", "one.lua") == .done)
        #expect(await world.run("apply", "last", "--json") == .done)
        let report = try JSONValue(Array(world.output.take().utf8))
        #expect(report["announcements"]?.elements?.first?["sent"] == .integer(2))
        #expect(report["announcements"]?.elements?.first?["already"] == .integer(1))
        #expect(try world.store.count("conversation") == 3)
    }

    @Test func `what is refused in the plan stays so, and the rest is sent`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            "id,displayName\n\(Self.groups[0]),a\n11111111-2222-4333-8444-555555555555,b\n",
            to: "groups.csv"
        )
        #expect(await world.run("plan", "a.lua") == .targetsFailed)
        _ = world.output.take()
        #expect(await world.run("apply", "last", "--json") == .targetsFailed)
        let tally = try JSONValue(Array(world.output.take().utf8))["announcements"]?.elements?.first
        #expect(tally?["targets"] == .integer(2) && tally?["sent"] == .integer(1) && tally?["failed"] == .integer(1))
    }

    @Test func `true ids take the place of symbolic ones, from conversation to thread to reply`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            """
            local group = graph.groups["\(Self.groups[0])"]
            local c = group.conversations:create { topic = "Rest", threads = { { posts = { { body = text "1" } } } } }
            local t = group.conversations[c.id].threads:create { topic = "More", posts = { { body = text "2" } } }
            local r = group.threads[t.id]:reply { post = { body = text "3" } }
            group.threads[t.id].posts[r.id]:reply { post = { body = text "4" } }
            group.threads[c.threads[1].id]:update { isLocked = true }
            announce { name = "news", to = { "\(Self.groups[1])" }, topic = "T", body = text "5" }
            graph.delete("/groups/\(Self.groups[0])/threads/" .. group.threads:create { topic = "Gone", posts = { { body = text "6" } } }.id)
            """,
            to: "chain.lua"
        )
        #expect(await world.run("plan", "chain.lua") == .done, "\(world.error.text)")
        #expect(try world.store.count("post") == 0)
        #expect(await world.run("apply", "last") == .done, "\(world.error.text)")
        #expect(try world.store.count("thread") == 3)
        #expect(try world.store.count("post") == 5)
        #expect(
            try world.store.texts(
                "SELECT topic FROM conversation JOIN thread ON conversationID = conversation.id WHERE isLocked = 1"
            ) == ["Rest"]
        )
        #expect(
            try world.store.texts(
                "SELECT CAST(count(*) AS TEXT) FROM post JOIN thread ON thread.id = post.threadID GROUP BY threadID ORDER BY 1 DESC LIMIT 1"
            ) == ["3"]
        )
    }

    @Test func `a single write that is refused ends the course, and resuming goes on with it`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            """
            local thread = graph.groups["\(Self.groups[1])"].threads:create { topic = "0", posts = { { body = text "0" } } }
            print(thread.id)
            """,
            to: "before.lua"
        )
        #expect(await world.run("run", "before.lua") == .done)
        let thread = world.output.take().trimmingCharacters(in: .whitespacesAndNewlines)
        try world.write(
            """
            local group = graph.groups["\(Self.groups[0])"]
            group.threads:create { topic = "1", posts = { { body = text "1" } } }
            graph.groups["\(Self.groups[1])"].threads["\(thread)"]:reply { post = { body = text "2" } }
            group.threads:create { topic = "3", posts = { { body = text "3" } } }
            """,
            to: "writes.lua"
        )
        #expect(await world.run("plan", "writes.lua") == .done)
        try change(world, "graph.sqlite", "UPDATE thread SET isLocked = 1 WHERE id = '\(thread)'")
        #expect(await world.run("apply", "last") == .failed)
        #expect(world.error.take().contains("Effect 2 of the plan, POST /groups/\(Self.groups[1])/threads/"))
        #expect(try world.store.count("thread") == 2)
        try change(world, "graph.sqlite", "UPDATE thread SET isLocked = 0 WHERE id = '\(thread)'")
        #expect(await world.run("resume", "last") == .done, "\(world.error.text)")
        #expect(try world.store.count("thread") == 3)
        #expect(try world.store.count("post") == 4)
    }

    @Test func `waves and their thresholds hold for a plan as for a script`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            """
            announce { name = "news", to = csv.read "groups.csv", topic = "T", body = text "b", waves = { 1, "rest" },
              stopAbove = "0%" }
            """,
            to: "waves.lua"
        )
        #expect(await world.run("plan", "waves.lua") == .done)
        #expect(await world.run("apply", "last") == .done)
        let said = world.error.take()
        #expect(said.contains("wave 1 of 2: 1 announced, none failed"), "\(said)")
        #expect(said.contains("wave 2 of 2: 2 announced, none failed"), "\(said)")
    }

    @Test func `where somebody is to be asked and nobody is there, nothing is sent and the plan can still be applied`()
        async throws
    {
        let world = try await planned()
        #expect(await world.run("apply", "--ask", "last") == .usage)
        #expect(world.error.take().contains("--yes"))
        #expect(try world.store.count("conversation") == 0)
        #expect(await world.run("apply", "last") == .done)
    }
}

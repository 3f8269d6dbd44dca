import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// One name, announced more than once in a script, or by runs one after the other.
@Suite struct RepeatedAnnouncementsTests {
    private static let missing = (1...3).map { "11111111-2222-4333-8444-55555555555\($0)" }

    private func report(_ world: CapturedWorld) throws -> JSONValue? {
        try JSONValue(Array(world.output.take().utf8))["announcements"]?.elements?.first
    }

    private func write(_ ids: [String], to name: String, in world: CapturedWorld) throws {
        try world.write("id\n" + ids.map { $0 + "\n" }.joined(), to: name)
    }

    @Test func `what two lists come to under one name adds up, and a failure of the first is not forgotten`()
        async throws
    {
        let world = try await PlanTests.world()
        try write([PlanTests.groups[0]] + Self.missing, to: "one.csv", in: world)
        try write(Array(PlanTests.groups[1...]), to: "two.csv", in: world)
        try world.write(
            """
            for _, list in ipairs { "one.csv", "two.csv" } do
              announce { name = "news", to = csv.read(list), topic = "Rest", body = html "<p>Hello</p>" }
            end
            """,
            to: "lists.lua"
        )
        #expect(await world.run("run", "--json", "lists.lua") == .targetsFailed)
        let tally = try #require(try report(world))
        #expect(tally["targets"]?.double == 6 && tally["sent"]?.double == 3 && tally["failed"]?.double == 3)
        #expect(await world.run("show", "last", "--failed") == .done)
        let failed = world.output.take()
        for id in Self.missing { #expect(failed.contains(id)) }

        // A second time nothing is sent, and the counts are those of the second.
        #expect(await world.run("run", "--json", "lists.lua") == .targetsFailed)
        let again = try #require(try report(world))
        #expect(again["already"]?.double == 3 && again["failed"]?.double == 3 && again["sent"]?.double == 0)
    }

    @Test func `two at once under one name send each group one post, on a backend without keys too`() async throws {
        let stage = try await RemoteStage(groups: 12, options: ["--no-keys"])
        try stage.world.write(
            """
            local groups = csv.read "groups.csv"
            parallel({ "Friday", "Friday" }, function(day)
              return announce { name = "news", to = groups, topic = "Rest", body = html("<p>" .. day .. "</p>") }
            end)
            """,
            to: "both.lua"
        )
        let ending = try await stage.herald.run([
            "run", "--backend", stage.server.address, "--allow-all-groups", "--yes", "--json", "both.lua",
        ])
        #expect(ending.status == 0, "\(ending.error)")
        #expect(try stage.world.store.count("post") == 12)
        let tally = try JSONValue(Array(ending.output.utf8))["announcements"]?.elements?.first
        #expect(tally?["targets"]?.double == 24 && tally?["sent"]?.double == 12 && tally?["already"]?.double == 12)
    }

    @Test func `a run that is given up leaves what it had taken over as it was`() async throws {
        let world = try await PlanTests.world()
        try write([PlanTests.groups[0]] + Self.missing, to: "groups.csv", in: world)
        try world.write(
            """
            announce { name = "news", to = csv.read "groups.csv", topic = "Rest", body = html "<p>Hello</p>" }
            """,
            to: "a.lua"
        )
        #expect(await world.run("run", "a.lua") == .targetsFailed)
        let ledger = StoreContent(path: world.folder + "/state/ledger.sqlite")
        let first = try #require(try ledger.texts("SELECT id FROM run").first)
        try world.write(
            """
            announce { name = "news", to = csv.read "groups.csv", topic = "Rest, {{nobody}}", body = html "<p>Other</p>" }
            """,
            to: "faulty.lua"
        )
        #expect(await world.run("run", "faulty.lua") == .failed)
        #expect(try ledger.texts("SELECT runID FROM effect WHERE state = 3") == [first, first, first])
        #expect(try ledger.texts("SELECT path FROM effect WHERE state = 0").isEmpty)
        #expect(await world.run("retry", first, "--failed", "--json") == .targetsFailed)
        #expect(try ledger.texts("SELECT path FROM effect WHERE body LIKE '%Other%'").isEmpty)
    }

    @Test func `replies to those who have other content are counted apart`() async throws {
        let world = try await PlanTests.world()
        func announce(_ text: String) -> String {
            "announce { name = \"news\", to = csv.read \"groups.csv\", topic = \"A\", body = text \"\(text)\", "
                + "onChange = \"reply\" }"
        }
        try world.write(announce("x"), to: "a.lua")
        #expect(await world.run("run", "a.lua") == .done)
        try world.write(announce("y"), to: "a.lua")
        _ = world.error.take()
        #expect(await world.run("plan", "a.lua") == .done)
        #expect(world.error.take().contains("news: 3 announcements: 3 replies to those who have the first\n"))
    }

    // MARK: Plans

    @Test func `a plan has one schedule for each name`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            """
            local groups = csv.read "groups.csv"
            announce { name = "news", to = groups, topic = "A", body = text "x", waves = { 1, "rest" } }
            announce { name = "news", to = groups, topic = "A", body = text "x",
                       window = { from = "05:00", to = "06:00", zone = "UTC" } }
            """,
            to: "two.lua"
        )
        #expect(await world.run("plan", "two.lua") == .failed)
        let said = world.error.take()
        #expect(said.contains("'news' is announced a second time with other waves"), "\(said)")
    }

    @Test func `a plan counts the groups that a second list would give other content as a run does`() async throws {
        let world = try await PlanTests.world()
        try world.write(
            """
            local groups = csv.read "groups.csv"
            announce { name = "news", to = groups, topic = "A", body = text "x" }
            announce { name = "news", to = groups, topic = "A", body = text "y" }
            """,
            to: "two.lua"
        )
        #expect(await world.run("plan", "--json", "two.lua") == .targetsFailed)
        let planned = try #require(try report(world))
        #expect(planned["targets"]?.double == 6 && planned["new"]?.double == 3 && planned["changed"]?.double == 3)
        #expect(await world.run("apply", "--json", "last") == .targetsFailed)
        let applied = try #require(try report(world))
        #expect(applied["targets"]?.double == 6 && applied["sent"]?.double == 3 && applied["changed"]?.double == 3)
        #expect(try world.store.count("post") == 3)
    }

    @Test func `a plan says when it goes out, and a difference in that is a difference`() async throws {
        let world = try await PlanTests.world()
        func script(_ schedule: String) -> String {
            "announce { name = \"news\", to = csv.read \"groups.csv\", topic = \"A\", body = text \"x\", \(schedule) }"
        }
        try world.write(
            script(
                """
                waves = { 1, "5%", "rest" }, pause = "10m", stopAbove = "10%", confirm = true, grace = "5m",
                window = { from = "08:00", to = "18:00", zone = "Europe/Berlin", days = "Mon-Fri" }
                """
            ),
            to: "a.lua"
        )
        #expect(await world.run("plan", "a.lua") == .done)
        let schedule =
            "in waves of 1, 5 %, the rest; 10 min between them; each after the first is asked for; held when more than "
            + "10 % of a wave fail; 08:00 to 18:00, Mon Tue Wed Thu Fri (Europe/Berlin); 5 min to take it back"
        #expect(world.error.take().contains(schedule))
        #expect(await world.run("plan", "show", "last") == .done)
        #expect((world.output.take() + world.error.take()).contains("in waves of 1, 5 %"))
        #expect(await world.run("plan", "show", "last", "--json") == .done)
        let shown = try #require(try report(world))
        #expect(shown["schedule"]?["pause"]?.double == 600)
        let ledger = StoreContent(path: world.folder + "/state/ledger.sqlite")
        let first = try #require(try ledger.texts("SELECT id FROM plan").first)

        try world.write(script("grace = \"1s\""), to: "a.lua")
        #expect(await world.run("plan", "a.lua") == .done)
        _ = world.output.take()
        let second = try #require(try ledger.texts("SELECT id FROM plan WHERE id <> '\(first)'").first)
        #expect(await world.run("diff", first, second) == .targetsFailed)
        let difference = world.output.take()
        #expect(
            difference.contains("other times for 'news':") && difference.contains("+ 1 s to take it back"),
            "\(difference)"
        )
    }
}

import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// `herald plan`, and what it shows.
@Suite struct PlanTests {
    static let groups = [
        "29981b6a-0e57-42dc-94c9-cd24f5306196", "3f0c4b0e-5a0f-4c55-9d2c-0f6f8f4d0a01",
        "3f0c4b0e-5a0f-4c55-9d2c-0f6f8f4d0a02",
    ]

    /// A world with three groups and a script that announces to them.
    static func world(isTerminal: Bool = false, columns: Int = 80) async throws -> CapturedWorld {
        let world = try CapturedWorld(isTerminal: isTerminal, columns: columns)
        try world.write(
            "id,displayName,mailNickname\n"
                + zip(groups, ["Wellness", "Board", "Sales"]).map { "\($0),\($1),\($1.lowercased())\n" }.joined(),
            to: "groups.csv"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        try world.write(
            """
            local r = announce {
              name = "news", to = csv.read "groups.csv", topic = "Rest, {{displayName}}", body = html "<p>Hello</p>",
            }
            print(r.planned, r.sent)
            """,
            to: "a.lua"
        )
        _ = world.output.take()
        _ = world.error.take()
        return world
    }

    @Test func `a plan sends nothing, and says what it would send`() async throws {
        let world = try await Self.world()
        #expect(await world.run("plan", "a.lua") == .done)
        #expect(world.output.take() == "3\t0\n")
        let said = world.error.take()
        #expect(said.contains("news: 3 announcements, all new\n"))
        #expect(said.contains("\nCarry it out with: herald apply "))
        #expect(try world.store.count("conversation") == 0)
        #expect(await world.run("runs") == .done)
        #expect(world.error.take().contains("no runs"))
    }

    @Test func `a group that is missing or has no mailbox is refused by itself`() async throws {
        let world = try await Self.world()
        try world.write(
            "id,displayName,mailNickname,groupTypes,securityEnabled,mailEnabled\n"
                + "\(Self.groups[1]),Board,board,,True,False\n",
            to: "security.csv"
        )
        #expect(await world.run("groups", "import", "security.csv") == .done)
        let missing = "11111111-2222-4333-8444-555555555555"
        try world.write("id,displayName\n\(Self.groups[0]),a\n\(Self.groups[1]),b\n\(missing),c\n", to: "groups.csv")
        _ = world.error.take()
        #expect(await world.run("plan", "a.lua") == .targetsFailed)
        let said = world.error.take()
        #expect(said.contains("news: 3 announcements: 1 new, 2 cannot: \"Board\" is no Microsoft 365 group"), "\(said)")
        #expect(said.contains("\"c\" does not exist"))
        _ = world.output.take()
        #expect(await world.run("plan", "show", "last", "--target", missing) == .done)
        #expect(world.output.take().contains("refused\n"))
    }

    @Test func `groups that have the post or another one are told apart`() async throws {
        let world = try await Self.world()
        try world.write(
            "announce { name = \"news\", to = { \"\(Self.groups[0])\" }, topic = \"Rest, Wellness\", body = html \"<p>Hello</p>\" }\n"
                + "announce { name = \"news\", to = { \"\(Self.groups[1])\" }, topic = \"Other\", body = html \"<p>Hello</p>\" }\n",
            to: "before.lua"
        )
        #expect(await world.run("run", "before.lua") == .done)
        _ = world.error.take()
        #expect(await world.run("plan", "a.lua") == .targetsFailed)
        let said = world.error.take()
        #expect(
            said.contains("news: 3 announcements: 1 new, 1 already has it, 1 has it with other content\n"),
            "\(said)"
        )
    }

    @Test func `what is odd is listed`() async throws {
        let world = try await Self.world()
        try world.write(
            """
            local bodies = { "", "<p>{{x}}</p>", "<a href='nowhere'>x</a>" }
            local n = 0
            announce { name = "news", to = csv.read "groups.csv", topic = "T",
              body = function() n = n + 1 return html(bodies[n]) end }
            """,
            to: "odd.lua"
        )
        #expect(await world.run("plan", "--json", "odd.lua") == .done)
        let plan = try JSONValue(Array(world.output.take().utf8))
        let odd = plan["announcements"]?.elements?.first?["odd"]
        #expect(odd?["empty"]?["examples"]?.elements == [.string("Wellness")])
        #expect(odd?["unexpanded"]?["examples"]?.elements == [.string("Board")])
        #expect(odd?["badLink"]?["count"] == .integer(1))
        #expect(odd?["longest"]?["group"] == .string("Sales"))
        _ = world.error.take()
        #expect(await world.run("plan", "odd.lua") == .done)
        #expect(
            world.error.take().contains(
                "look at: 1 is empty (\"Wellness\"), 1 has {{ in it (\"Board\"), 1 has a link that leads nowhere (\"Sales\")"
            )
        )
    }

    @Test func `a fault in the script makes no plan`() async throws {
        let world = try await Self.world()
        try world.write(
            #"announce { name = "news", to = csv.read "groups.csv", topic = "{{nothing}}", body = text "x" }"#,
            to: "bad.lua"
        )
        #expect(await world.run("plan", "bad.lua") == .failed)
        #expect(world.error.take().contains("{{nothing}} is missing"))
        #expect(await world.run("plan", "list") == .done)
        #expect(world.error.take().contains("There are no plans yet."))
    }

    @Test func `later requests of the script see what is planned`() async throws {
        let world = try await Self.world()
        try world.write(
            """
            local group = graph.groups["\(Self.groups[0])"]
            local c = group.conversations:create { topic = "Rest", threads = { { posts = { { body = text "1" } } } } }
            local t = group.threads[c.threads[1].id]
            print(c.id, t:get().topic, #t.posts:list().value, #group.conversations[c.id].threads:list().value)
            local r = t:reply { post = { body = html "<p>2</p>" } }
            print(r.id, #t.posts:list().value, t.posts[r.id]:get().body.content)
            t:update { isLocked = true }
            print(t:get().isLocked, #group.threads:list().value)
            t:delete()
            print(select(2, pcall(t.get, t)).status)
            print(select(2, pcall(graph.patch, "/groups/\(Self.groups[0])/threads/none", { isLocked = true })).status)
            print(select(2, pcall(group.threads.create, group.threads, {
              topic = "see " .. c.id, posts = { { body = text "x" } } })).message)
            """,
            to: "chain.lua"
        )
        #expect(await world.run("plan", "chain.lua") == .done, "\(world.error.text)")
        let lines = world.output.take().split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(5) == [
                "${effect 1}.id\tRest\t1\t1", "${effect 2}.id\t2\t<p>2</p>", "true\t0", "404", "404",
            ]
        )
        #expect(lines.last?.contains("what effect 1 makes, within a longer text") == true)
        #expect(world.error.take().contains("note: The script read lists after it had written"))
        #expect(try world.store.count("conversation") == 0)
    }

    @Test func `an announcement that repeats itself in a plan is planned once`() async throws {
        let world = try await Self.world()
        try world.write(
            """
            local function go(body) return announce { name = "news", to = csv.read "groups.csv", topic = "T", body = text(body) } end
            local a, b, c = go "x", go "x", go "y"
            print(a.planned, b.planned, b.already, c.planned, c.changed)
            """,
            to: "twice.lua"
        )
        _ = await world.run("plan", "twice.lua")
        #expect(world.output.take() == "3\t0\t3\t0\t3\n", "\(world.error.text)")
    }

    @Test func `one post is shown as people will read it`() async throws {
        let world = try await Self.world(isTerminal: true, columns: 40)
        #expect(await world.run("plan", "a.lua") == .done)
        _ = world.output.take()
        #expect(await world.run("plan", "show", "last", "--target", "board") == .done)
        let shown = world.output.take()
        #expect(shown.contains("topic         Rest, Board\n"))
        #expect(shown.hasSuffix("\n\nHello\n"))
        #expect(await world.run("plan", "show", "last", "--target", "board", "--html", "x.html") == .done)
        let page = try String(contentsOfFile: world.folder + "/x.html", encoding: .utf8)
        #expect(page.contains("<p>Hello</p>") && page.contains("<title>Rest, Board</title>"))
        let attributes = try FileManager.default.attributesOfItem(atPath: world.folder + "/x.html")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(await world.run("plan", "show", "last", "--target", "wellne") == .done)
        #expect(world.output.take().contains("Wellness"))
        _ = world.error.take()
        #expect(await world.run("plan", "show", "last", "--target", "Bord") == .failed)
        #expect(world.error.take().contains("Do you mean 'Board'?"))
        #expect(await world.run("plan", "show", "last", "--target", "nobody") == .failed)
        #expect(await world.run("plan", "show", "last") == .done)
        #expect(world.output.take().contains("Rest, Sales"))
    }

    @Test func `a plan whose file cannot be written is kept, and says so`() async throws {
        let world = try await Self.world()
        #expect(await world.run("plan", "-o", "missing/x.plan", "a.lua") == .failed)
        let said = world.error.take()
        let plan = try #require(said.firstMatch(of: #/It is kept as (\S+);/#), "\(said)").output.1
        #expect(await world.run("plan", "show", String(plan)) == .done)
    }

    @Test func `plans that differ say in what`() async throws {
        let world = try await Self.world()
        #expect(await world.run("plan", "-o", "one.plan", "a.lua") == .done)
        #expect(await world.run("diff", "one.plan", "last") == .done)
        #expect(world.output.take().hasSuffix("Both plans send the same.\n"))
        try world.write("id,displayName\n\(Self.groups[0]),Wellness\n\(Self.groups[1]),Board\n", to: "groups.csv")
        try world.write(
            #"""
            announce { name = "news", to = csv.read "groups.csv", topic = "Rest, {{displayName}}",
              body = html "<p>Hello</p><p>you</p>" }
            graph.post("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads", { topic = "T", posts = { { body = text "x" } } })
            """#,
            to: "b.lua"
        )
        #expect(await world.run("plan", "-o", "two.plan", "b.lua") == .done)
        _ = world.output.take()
        #expect(await world.run("diff", "one.plan", "two.plan") == .targetsFailed)
        let said = world.output.take()
        #expect(said.contains("only in the old plan: 1\n  - \"Sales\" \(Self.groups[2]) (news)\n"), "\(said)")
        #expect(said.contains("only in the new plan: 1\n  + POST /groups/\(Self.groups[0])/threads: T\n"), "\(said)")
        #expect(said.contains("other content for 2: \"Wellness\""), "\(said)")
        #expect(said.contains("  + you\n"), "\(said)")
    }

    @Test func `options behind the script are refused`() async throws {
        let world = try await Self.world()
        #expect(await world.run("plan", "a.lua", "-o", "x.plan") == .usage)
        #expect(await world.run("plan", "a.lua", "--", "-o") == .done)
    }
}

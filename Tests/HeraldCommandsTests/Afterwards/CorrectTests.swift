import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct CorrectTests {
    private static let groups = AfterwardsStage.groups

    @Test func `every thread that was reached gets the text, once however often it is repeated`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        let first = await stage.run("correct", run, "--body", "It is <b>Friday</b>.", "--html", "--json")
        #expect(first.status == .done, "\(first.error)")
        #expect(try first.json["announcements"]?.elements?.first?["sent"]?.double == 3)
        for group in Self.groups.prefix(3) {
            #expect(try await stage.posts(of: group).last == "It is <b>Friday</b>.")
        }
        let second = await stage.run("correct", run, "--body", "It is <b>Friday</b>.", "--html", "--json")
        #expect(second.status == .done, "\(second.error)")
        #expect(try second.json["announcements"]?.elements?.first?["already"]?.double == 3)
        #expect(try stage.world.store.count("post") == 6)
        // Another text is another correction.
        try stage.world.write("It is Saturday.", to: "text.txt")
        #expect(await stage.run("correct", run, "--body-file", "text.txt").status == .done)
        #expect(try await stage.posts(of: Self.groups[0]).count == 3)
    }

    @Test func `with a script each group gets what is rendered for it, and the others get nothing`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "T", body = html "Sorry, {{displayName}}",
                       waves = {1, "rest"}, pause = "1h" }
            announce { name = "other", to = csv.read "groups.csv", topic = "T", body = text "never" }
            """,
            to: "corrected.lua"
        )
        let ending = await stage.run("correct", run, "corrected.lua", "--json")
        #expect(ending.status == .done, "\(ending.error)")
        #expect(ending.error.contains("1 target of 't' have not been reached"), "\(ending.error)")
        #expect(ending.error.contains("'other' is no announcement of the run"))
        #expect(try ending.json["announcements"]?.elements?.first?["sent"]?.double == 3)
        #expect(try await stage.posts(of: Self.groups[2]) == ["Hello Team 2", "Sorry, Team 2"])
        #expect(try stage.world.store.count("conversation") == 3)
        #expect(await stage.run("correct", run, "corrected.lua").status == .done)
        #expect(try stage.world.store.count("post") == 6)
    }

    @Test func `a script that would write something else is refused, and nothing is sent`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "T", body = html "Sorry" }
            graph.patch("/groups/\(Self.groups[0])", { description = "new" })
            """,
            to: "corrected.lua"
        )
        let ending = await stage.run("correct", run, "corrected.lua")
        #expect(ending.status == .failed, "\(ending.error)")
        #expect(ending.error.contains("PATCH /groups/\(Self.groups[0]) is not done"), "\(ending.error)")
        #expect(try stage.world.store.count("post") == 4)
    }

    @Test func `posts that the run found there already count as reached, those of other targets do not`() async throws {
        let stage = try await AfterwardsStage(groups: 6, of: 4)
        _ = try await stage.announce()
        try stage.world.write(
            """
            announce { name = "t", to = { "\(Self.groups[3])", "\(Self.groups[4])" }, topic = "t",
                       body = function(group) return html(group == "\(Self.groups[3])" and "Hello Team 3" or "Hello") end }
            """,
            to: "b.lua"
        )
        let run = try await stage.announce("b.lua")
        let shown = try await stage.run("show", run, "--json").json
        #expect(shown["announcements"]?.elements?.first?["already"]?.double == 1)
        let ending = await stage.run("correct", run, "--body", "Friday", "--json")
        #expect(try ending.json["announcements"]?.elements?.first?["sent"]?.double == 2, "\(ending.error)")
        #expect(try await stage.posts(of: Self.groups[3]).count == 2)
        #expect(try await stage.posts(of: Self.groups[4]).count == 2)
        #expect(try await stage.posts(of: Self.groups[0]).count == 1)
    }

    @Test func `a group with several threads of the announcement gets the correction in each`() async throws {
        let stage = try await AfterwardsStage()
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "one" }
            announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "two", onChange = "new" }
            """,
            to: "b.lua"
        )
        let run = try await stage.announce("b.lua")
        #expect(try stage.world.store.count("conversation") == 8)
        // What is asked counts posts, of which a group gets several.
        let asked = await stage.run(["correct", run, "--body", "Friday", "--ask"], answers: ["n"])
        #expect(asked.error.contains("t: 8 corrections in 4 groups\n"), "\(asked.error)")
        #expect(asked.error.contains("Send 8 posts of 't'"), "\(asked.error)")
        let corrected = await stage.run("correct", run, "--body", "Friday", "--json")
        #expect(corrected.status == .done, "\(corrected.error)")
        #expect(try corrected.json["announcements"]?.elements?.first?["sent"]?.double == 8)
        #expect(try stage.world.store.count("post") == 16)
        #expect(await stage.run("correct", run, "--body", "Friday").status == .done)
        #expect(try stage.world.store.count("post") == 16)
    }

    @Test func `threads that were taken back get nothing`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        #expect(await stage.run("undo", run, "--yes").status == .done)
        let ending = await stage.run("correct", run, "--body", "Friday")
        #expect(ending.status == .done)
        #expect(ending.error.contains("No thread that the run \(run) reached is there"), "\(ending.error)")
    }

    @Test func `a script that has none of the run's announcements is refused, with the names of both`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        try stage.write("T", "Sorry", name: "other", to: "corrected.lua")
        let ending = await stage.run("correct", run, "corrected.lua")
        #expect(ending.status == .failed)
        #expect(
            ending.error.contains("error: the run \(run) announced 't', and corrected.lua announces 'other': "),
            "\(ending.error)"
        )
        let json = await stage.run("correct", run, "corrected.lua", "--json")
        #expect(json.status == .failed)
        #expect(try json.json["error"]?["message"]?.string?.contains("'other'") == true, "\(json.output)")
        try stage.world.write("print 'nothing'", to: "corrected.lua")
        let none = await stage.run("correct", run, "corrected.lua")
        #expect(none.status == .failed && none.error.contains("corrected.lua renders no post"), "\(none.error)")
        #expect(try stage.world.store.count("post") == 4)
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }

    @Test(
        arguments: [
            (["--body", "It is {{day}}."], #"4 have {{ in them ("Team 0", "Team 1", "Team 2", …)"#),
            (["--body", " "], #"4 are empty ("Team 0", "Team 1", "Team 2", …)"#),
            (["--body", "Hello Team 2", "--html"], #"1 says what the post says ("Team 2")"#),
            (["a.lua"], #"4 say what the posts say ("Team 0", "Team 1", "Team 2", …)"#),
        ]
    )
    func `what is odd about the replies is said before they are sent`(content: [String], words: String) async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let ending = await stage.run(["correct", run] + content + ["--ask"], answers: ["n"])
        #expect(ending.status == .usage)
        #expect(ending.error.contains("\n  look at: \(words)\n"), "\(ending.error)")
        let other = await stage.run(["correct", run, "--body", "It is Friday."])
        #expect(other.status == .done && !other.error.contains("look at"), "\(other.error)")
    }

    @Test func `a correction that is declined plans nothing`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let declined = await stage.run(["correct", run, "--body", "Friday", "--ask"], answers: ["n"])
        #expect(declined.status == .usage, "\(declined.error)")
        #expect(try stage.world.store.count("post") == 4)
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }

    @Test(
        "what to reply is said in one way",
        arguments: [[], ["--body", ""], ["a.lua", "--body", "x"], ["a.lua", "--html"]]
    )
    func usage(arguments: [String]) async throws {
        let stage = try await AfterwardsStage()
        #expect(await stage.run(["correct", "last"] + arguments).status == .usage)
    }

    @Test func `killed in the middle, it is resumed, and every thread has the correction once`() async throws {
        let world = try CapturedWorld()
        try world.copyExample("announce.lua")
        try world.copyExample("groups.csv")
        let herald = HeraldProcess(folder: world.folder)
        #expect(try await herald.run("groups", "import", "groups.csv").status == 0)
        #expect(try await herald.run("run", "announce.lua").status == 0)
        try world.keepStore()
        let count = try world.store.count("post")
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try await herald.run("correct", "last", "--body", "Friday").status == 0)
        let full = Int((clock.now - start) / .microseconds(1))
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 1...3 {
            try world.restoreStore()
            let delay = Int.random(in: full / 4...full, using: &random)
            let comment: Comment = "seed \(seed), round \(round), killed after \(delay) µs"
            try await herald.run("correct", "last", "--body", "Friday", disturbance: .kill(after: delay))
            let isThere = try await herald.run("runs").output.contains("correct")
            let ending =
                isThere
                ? try await herald.run("resume", "last", "--json")
                : try await herald.run("correct", "last", "--body", "Friday", "--json")
            #expect(ending.status == 0, "\(ending.error)")
            let tally = try #require(try JSONValue(Array(ending.output.utf8))["announcements"]?.elements?.first)
            let sum = (tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0)
            #expect(sum == Double(count), comment)
            #expect(tally["targets"]?.double == Double(count), comment)
            #expect(try world.store.count("post") == 2 * count, comment)
        }
    }
}

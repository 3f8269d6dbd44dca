import Announcements
import EmbeddedGraph
import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct UndoTests {
    private static let groups = AfterwardsStage.groups

    @Test func `the conversations that a run made are deleted, and stay settled`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let undo = await stage.run("undo", run, "--yes", "--json")
        #expect(undo.status == .done, "\(undo.error)")
        #expect(try undo.json["announcements"]?.elements?.first?["sent"]?.double == 4)
        #expect(undo.error.contains("stays in their inboxes"))
        #expect(try stage.world.store.count("conversation") == 0)
        // Not sent again: it was taken back.
        let repeated = await stage.run("run", "a.lua")
        #expect(repeated.error.contains("t: all 4 had it already, nothing was sent"), "\(repeated.error)")
        #expect(repeated.error.contains("it was taken back from 4 groups, which count as having it and get nothing"))
        #expect(await stage.run("show", "last").output.contains("it was taken back from 4 groups"))
        #expect(await stage.run("plan", "a.lua").error.contains("t: it was taken back from 4 groups"))
        #expect(try stage.world.store.count("conversation") == 0)
        let again = await stage.run("undo", run, "--yes")
        #expect(again.status == .done)
        #expect(again.error.contains("Nothing that the run \(run) made is left"))
        #expect(await stage.run("show", run).output.contains("taken back"))
        // Only where the script says so it is posted again.
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "t", body = html [[Hello {{displayName}}]],
              onChange = "new" }
            """,
            to: "a.lua"
        )
        let posted = await stage.run("run", "a.lua")
        #expect(posted.error.contains("t: 4 announced") && !posted.error.contains("taken back"), "\(posted.error)")
        #expect(try stage.world.store.count("conversation") == 4)
    }

    @Test func `a refusal is JSON, too, where JSON was asked for`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let refused = await stage.run("undo", run, "--json")
        #expect(refused.status == .usage)
        #expect(try refused.json["error"]?["message"]?.string?.contains("--yes") == true)
        let unknown = await stage.run("undo", "nothing", "--json")
        #expect(try unknown.json["error"]?["message"]?.string?.contains("no run 'nothing'") == true)
        #expect(await stage.run("plan", "a.lua").status == .done)
        #expect(await stage.run("apply", "last").status == .done)
        let again = await stage.run("apply", "last", "--json")
        #expect(again.status == .failed)
        #expect(try again.json["error"]?["message"]?.string?.contains("was applied by the run") == true)
    }

    @Test func `it asks on the embedded store too, and without a terminal it takes --yes`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let silent = await stage.run("undo", run)
        #expect(silent.status == .usage)
        #expect(silent.error.contains("--yes"))
        let no = await stage.run(["undo", run], answers: ["n"])
        #expect(no.status == .usage)
        #expect(no.error.contains("made 4 conversations"))
        #expect(no.error.contains("Delete 4 of them"))
        #expect(try stage.world.store.count("conversation") == 4)
        // Nothing was done, so that 'last' is the run still.
        let yes = await stage.run(["undo", "last"], answers: ["y"])
        #expect(yes.status == .done, "\(yes.error)")
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `what others answered in stays, unless it is to go even so`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        try await stage.answer(in: Self.groups[1], "Thank you!")
        let undo = await stage.run("undo", run, "--yes")
        #expect(undo.status == .targetsFailed, "\(undo.error)")
        #expect(undo.error.contains("Others answered in 1 of them"))
        #expect(undo.error.contains("3 taken back, 1 kept, since others answered"))
        #expect(try stage.world.store.count("conversation") == 1)
        #expect(try await stage.posts(of: Self.groups[1]).count == 2)
        let all = await stage.run("undo", run, "--yes", "--even-answered")
        #expect(all.status == .done, "\(all.error)")
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `the operator's own replies are no answers`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        #expect(await stage.run("correct", run, "--body", "Friday").status == .done)
        let undo = await stage.run("undo", run, "--yes")
        #expect(undo.status == .done, "\(undo.error)")
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `single writes that made conversations and threads are taken back, the others are listed`() async throws
    {
        let stage = try await AfterwardsStage()
        try stage.world.write(
            """
            local path = "/groups/\(Self.groups[0])"
            graph.batch {
              { method = "POST", path = path .. "/threads", body = { topic = "A", posts = { { body = text "a" } } } },
              { method = "POST", path = path .. "/conversations",
                body = { topic = "B", threads = { { posts = { { body = text "b" } } } } } },
              { method = "PATCH", path = path, body = { description = "new" } },
            }
            """,
            to: "writes.lua"
        )
        let run = try await stage.announce("writes.lua")
        #expect(try stage.world.store.count("conversation") == 2)
        let undo = await stage.run("undo", run, "--yes")
        #expect(try stage.world.store.count("conversation") == 0)
        #expect(undo.status == .targetsFailed, "\(undo.error)")
        #expect(undo.error.contains("single writes: 2 taken back, 1 cannot be taken back"), "\(undo.error)")
        #expect(undo.error.contains("PATCH /groups/\(Self.groups[0]) cannot be taken back"))
    }

    @Test func `what was written under a key and taken back stays so, and a script and a plan are told`() async throws {
        let stage = try await AfterwardsStage()
        try stage.world.write(
            """
            graph.post("/groups/\(Self.groups[0])/threads", { topic = "A", posts = { { body = text "a" } } }, { key = "notice" })
            """,
            to: "notice.lua"
        )
        let run = try await stage.announce("notice.lua")
        let undo = try await stage.run("undo", run, "--yes", "--json").json
        let undoing = try #require(undo["run"]?.string)
        for command in ["run", "plan"] {
            let ending = await stage.run(command, "notice.lua")
            #expect(ending.status == .failed, "\(command): \(ending.error)")
            #expect(ending.error.contains("'notice' was taken back by run \(undoing)"), "\(command): \(ending.error)")
        }
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `replies cannot be taken back, and are listed`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let correction = try await stage.run("correct", run, "--body", "Friday", "--json").json
        let undo = await stage.run("undo", try #require(correction["run"]?.string), "--yes")
        #expect(undo.status == .targetsFailed)
        #expect(undo.error.contains("4 cannot be taken back"))
        #expect(!undo.error.contains("onChange"), "\(undo.error)")
        #expect(undo.error.contains("A reply in a thread cannot be taken back"))
        #expect(try stage.world.store.count("post") == 8)
    }

    @Test func `a conversation that is gone already counts as gone`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let store = try stage.store()
        let list = try await stage.run("conversations", "list", Self.groups[0].text, "--json").json
        let id = try #require(list["value"]?.elements?.first?["id"]?.string)
        let path = "/groups/\(Self.groups[0])/conversations/\(PercentEncoding.encode(id))"
        #expect(try await store.respond(to: GraphRequest(.delete, path, caller: store.operatorCaller)).status == 204)
        let undo = await stage.run("undo", run, "--yes")
        #expect(undo.status == .done, "\(undo.error)")
        #expect(undo.error.contains("4 taken back"))
    }

    @Test func `what a backend does not delete as a conversation is deleted as a thread`() async throws {
        let stage = try await AfterwardsStage(groups: 1, of: 1)
        _ = try await stage.announce()
        let store = try stage.store()
        let thread = try await stage.thread(of: Self.groups[0])
        let made = try #require(
            MadeItem(
                path: "/groups/\(Self.groups[0])/conversations",
                answer: Array(#"{"id":"C1","thread":"\#(thread)"}"#.utf8),
                location: nil
            )
        )
        var backend = RunBackend(store)
        backend.service = RefusingConversations(next: store)
        let deletion = Deletion(backend: backend, evenAnswered: true, wait: { _ in })
        #expect(try await deletion.delete(made) == .deleted)
        #expect(try await deletion.delete(made) == .gone)
        #expect(try stage.world.store.count("thread") == 0)
    }

    /// Refuses to delete conversations, as Microsoft Graph did at times.
    private struct RefusingConversations: GraphService {
        let next: any GraphService

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            guard request.method == .delete, request.path.contains("/conversations/") else {
                return try await next.respond(to: request)
            }
            let error = GraphError(400, .invalidOperation, "no")
            return GraphResponse(error, id: "", clientRequestID: nil, now: 0)
        }
    }

    @Test func `resumed when all is taken back, it tells what it took back`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let undo = try #require(try await stage.run("undo", run, "--yes", "--json").json["run"]?.string)
        try StoreContent(path: stage.world.folder + "/state/ledger.sqlite").change(
            "DELETE FROM tally WHERE runID = '\(undo)'; UPDATE run SET state = 'interrupted' WHERE id = '\(undo)'"
        )
        let resumed = await stage.run("resume", undo, "--yes", "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try #require(try resumed.json["announcements"]?.elements?.first)
        #expect(tally["sent"] == .integer(4) && tally["targets"] == .integer(4))
    }

    @Test func `killed in the middle, it is resumed, and nothing is left`() async throws {
        let world = try CapturedWorld()
        try world.copyExample("announce.lua")
        try world.copyExample("groups.csv")
        let herald = HeraldProcess(folder: world.folder)
        #expect(try await herald.run("groups", "import", "groups.csv").status == 0)
        #expect(try await herald.run("run", "announce.lua").status == 0)
        try world.keepStore()
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try await herald.run("undo", "last", "--yes").status == 0)
        let full = Int((clock.now - start) / .microseconds(1))
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 1...3 {
            try world.restoreStore()
            let delay = Int.random(in: full / 4...full, using: &random)
            let comment: Comment = "seed \(seed), round \(round), killed after \(delay) µs"
            try await herald.run("undo", "last", "--yes", disturbance: .kill(after: delay))
            // Before the run stands in the ledger there is nothing to resume.
            let isThere = try await herald.run("runs").output.contains("undo")
            let ending = try await herald.run(isThere ? "resume" : "undo", "last", "--yes", "--json")
            #expect(ending.status == 0, "\(ending.error)")
            let tally = try #require(try JSONValue(Array(ending.output.utf8))["announcements"]?.elements?.first)
            #expect(tally["sent"]?.double == tally["targets"]?.double, comment)
            #expect(try world.store.count("conversation") == 0, comment)
        }
    }
}

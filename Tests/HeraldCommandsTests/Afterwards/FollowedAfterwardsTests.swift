import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// Retries, corrections and undos are followed as runs are.
@Suite struct FollowedAfterwardsTests {
    private func events(_ stage: AfterwardsStage) throws -> [JSONValue] {
        let text = try String(contentsOfFile: stage.world.folder + "/events.jsonl", encoding: .utf8)
        try FileManager.default.removeItem(atPath: stage.world.folder + "/events.jsonl")
        return try text.split(separator: "\n").map { try JSONValue(Array($0.utf8)) }
    }

    private func told(_ stage: AfterwardsStage) throws -> String {
        let text = try String(contentsOfFile: stage.world.folder + "/told", encoding: .utf8)
        try FileManager.default.removeItem(atPath: stage.world.folder + "/told")
        return text
    }

    @Test func `events, a call at the end and failures as they come`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 5)
        let run = try await stage.announce()
        try await stage.add(groups: 3)
        let call = "echo $HERALD_RUN_STATE $HERALD_RUN_SENT $HERALD_RUN_UNFINISHED > '\(stage.world.folder)/told'"
        let following = ["--events", "events.jsonl", "--notify", call]

        let retry = await stage.run(["retry", run, "--failed"] + following)
        #expect(retry.status == .targetsFailed, "\(retry.error)")
        #expect(retry.error.contains("  failed Team "), "\(retry.error)")
        #expect(retry.error.contains("  1 more failed: "), "\(retry.error)")
        #expect(try told(stage) == "finished 1 2\n")
        var events = try events(stage)
        #expect(
            events.map { $0["event"]?.string } == [
                "run.began", "announcement", "wave.began", "target", "target", "target", "wave.ended", "run.ended",
            ]
        )
        #expect(events.first?["kind"]?.string == "retry" && events.first?["origin"]?.string == run)
        #expect(events.count { $0["outcome"]?.string == "failed" } == 2)

        #expect(await stage.run(["correct", run, "--body", "a secret"] + following).status == .done)
        #expect(try told(stage) == "finished 3 0\n")
        events = try self.events(stage)
        #expect(events.count { $0["outcome"]?.string == "sent" } == 3)
        #expect(events.first?["kind"]?.string == "correct")
        #expect(!events.contains { $0 == .string("a secret") })

        try await stage.answer(in: AfterwardsStage.groups[0], "Thank you!")
        let undo = await stage.run(["undo", run, "--yes"] + following)
        #expect(undo.status == .targetsFailed, "\(undo.error)")
        #expect(try told(stage) == "finished 2 1\n")
        events = try self.events(stage)
        #expect(events.map { $0["event"]?.string } == ["run.began", "target", "target", "target", "run.ended"])
        #expect(events.count { $0["outcome"]?.string == "undone" } == 2)
        #expect(events.count { $0["outcome"]?.string == "kept" } == 1)
    }

    @Test func `a plan that is applied is followed as a run is`() async throws {
        let stage = try await AfterwardsStage(groups: 4, of: 4)
        #expect(await stage.run("plan", "a.lua").status == .done)
        let applied = await stage.run("apply", "last", "--events", "events.jsonl", "--notify", "exit 3")
        #expect(applied.status == .done && applied.error.contains("the command of --notify ended with status 3"))
        let events = try events(stage)
        #expect(events.count { $0["outcome"]?.string == "sent" } == 4)
        #expect(events.contains { $0["event"]?.string == "run.began" && $0["kind"]?.string == "apply" })
    }

    @Test func `before a correction it is said what it reaches, what it does not and why, with an example`()
        async throws
    {
        let stage = try await AfterwardsStage(groups: 4, of: 5)
        let run = try await stage.announce()
        #expect(await stage.run("suppress", "add", AfterwardsStage.groups[3].text).status == .done)
        let declined = await stage.run(
            ["correct", run, "--body", "It is <b>Friday</b>.", "--html", "--ask"],
            answers: ["n"]
        )
        #expect(declined.status == .usage)
        #expect(declined.error.contains("t: 3 corrections in 3 groups\n"), "\(declined.error)")
        #expect(
            declined.error.contains("  not reached: 1 target without the post (Request_ResourceNotFound)\n"),
            "\(declined.error)"
        )
        #expect(declined.error.contains("1 group of 't' is left out"))
        #expect(declined.error.contains("  for example \"Team 0\": It is Friday.\n"), "\(declined.error)")
        #expect(try stage.world.store.count("post") == 4)
        let quiet = await stage.run("correct", run, "--body", "It is Friday.", "--quiet")
        #expect(quiet.status == .done && !quiet.error.contains("corrections in"), "\(quiet.error)")
    }
}

import GraphModel
import Testing

@testable import HeraldCommands

/// Retries and corrections that are gone on with, and those whose posts another run has taken up meanwhile.
@Suite struct ResumedAfterwardsTests {
    private static let groups = AfterwardsStage.groups

    private func ledger(_ stage: AfterwardsStage) -> StoreContent {
        StoreContent(path: stage.world.folder + "/state/ledger.sqlite")
    }

    /// Makes it look as if a run had been stopped when its effects were as a change leaves them.
    private func stop(_ run: String, in stage: AfterwardsStage, after change: String) throws {
        try ledger(stage).change(
            """
            \(change);
            DELETE FROM tally WHERE runID = '\(run)';
            DELETE FROM finding WHERE runID = '\(run)';
            UPDATE run SET state = 'interrupted' WHERE id = '\(run)';
            """
        )
    }

    /// What is in the ledger for a run's effects in the last so many groups.
    private func last(_ count: Int, of run: String) -> String {
        let groups = Self.groups.prefix(4).suffix(count).map { "'\($0)'" }.joined(separator: ",")
        return "runID = '\(run)' AND target IN (\(groups))"
    }

    private func tally(_ ending: AfterwardsStage.Ending) throws -> [String: Int] {
        let tally = try #require(try ending.json["announcements"]?.elements?.first, "\(ending.error)")
        var counts: [String: Int] = [:]
        for name in ["targets", "sent", "already", "failed", "ambiguous", "unsent", "excluded"] {
            counts[name] = Int(tally[name]?.double ?? 0)
        }
        counts["done"] = (counts["sent"] ?? 0) + (counts["already"] ?? 0)
        return counts
    }

    @Test func `a retry sends what it has taken up, and no more than that counts`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        let ledger = ledger(stage)
        // Another one is quicker, as to one of them.
        let quicker = "UPDATE effect SET state = 2, code = NULL, settledAt = 6 WHERE \(last(1, of: run))"
        let some = await stage.run(["retry", run, "--failed", "--ask", "--json"], answers: ["y"]) {
            try? ledger.change(quicker)
        }
        #expect(some.status == .done, "\(some.error)")
        #expect(some.error.contains("Another run has taken up 1 post of the run \(run)"), "\(some.error)")
        let tally = try tally(some)
        #expect(tally["targets"] == 1 && tally["sent"] == 1)
    }

    @Test func `a retry for which another leaves nothing says so, and is not remembered`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        let ledger = ledger(stage)
        let none = await stage.run(["retry", run, "--failed", "--ask"], answers: ["y"]) {
            try? ledger.change("UPDATE effect SET state = 2, code = NULL, settledAt = 6 WHERE state = 3")
        }
        #expect(none.status == .done, "\(none.error)")
        #expect(none.error.contains("Another run has taken up 2 posts of the run \(run)"), "\(none.error)")
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }

    @Test func `a retry of refused posts that is resumed looks for those that it lost sight of`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        let retry = try #require(try await stage.run("retry", run, "--failed", "--json").json["run"]?.string)
        try stop(retry, in: stage, after: "UPDATE effect SET state = 4 WHERE \(last(1, of: retry))")
        let resumed = await stage.run("resume", retry, "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 2 && tally["done"] == 2 && tally["ambiguous"] == 0)
        #expect(try ledger(stage).texts("SELECT key FROM effect WHERE state = 4").isEmpty)
        #expect(try stage.world.store.groupsNotAnnouncedOnce().isEmpty)
    }

    @Test func `a retry of unproven posts that is resumed counts those that were refused`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        try ledger(stage).change("UPDATE effect SET state = 4 WHERE \(last(2, of: run))")
        let retried = await stage.run("retry", run, "--ambiguous", "--json")
        #expect(retried.status == .targetsFailed, "\(retried.error)")
        let retry = try #require(try retried.json["run"]?.string)
        try stop(retry, in: stage, after: "SELECT 1")
        let resumed = await stage.run("resume", retry, "--json")
        #expect(resumed.status == .targetsFailed, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 2 && tally["done"] == 1 && tally["failed"] == 1)
        #expect(try resumed.json["findings"]?.elements?.map { $0["target"]?.string } == [Self.groups[3].text])
    }
}

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

    private func correct(_ run: String, _ text: String, in stage: AfterwardsStage) async throws -> String {
        let ending = await stage.run("correct", run, "--body", text, "--json")
        return try #require(try ending.json["run"]?.string)
    }

    private static let twoThreads = """
        announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "one" }
        announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "two", onChange = "new" }
        """

    // MARK: Corrections

    @Test(arguments: [nil, ["n"]])
    func `a correction that is resumed and not allowed keeps what it has planned, and sends it once it is`(
        answers: [String]?
    ) async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let correction = try await correct(run, "Friday", in: stage)
        try stop(
            correction,
            in: stage,
            after: """
                UPDATE effect SET state = 0, settledAt = NULL WHERE \(last(2, of: correction));
                UPDATE effect SET state = 3, code = 'x', message = 'x' WHERE \(last(1, of: correction))
                """
        )
        let refused = await stage.run(["resume", correction, "--ask"], answers: answers)
        #expect(refused.status == .usage, "\(refused.error)")
        #expect(try ledger(stage).texts("SELECT key FROM effect WHERE runID = '\(correction)'").count == 4)
        #expect(try ledger(stage).texts("SELECT key FROM effect WHERE state = 3").count == 1)
        let resumed = await stage.run("resume", correction, "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 4 && tally["done"] == 4 && tally["unsent"] == 0)
        #expect(try ledger(stage).texts("SELECT key FROM effect WHERE state <> 2").isEmpty)
    }

    @Test func `a correction whose replies another has displaced plans them anew when it is resumed`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let correction = try await correct(run, "Friday", in: stage)
        try stop(correction, in: stage, after: "UPDATE effect SET state = 0 WHERE \(last(2, of: correction))")
        _ = try await correct(run, "Saturday", in: stage)
        #expect(try ledger(stage).texts("SELECT key FROM effect WHERE runID = '\(correction)'").count == 2)
        let resumed = await stage.run("resume", correction, "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 4 && tally["done"] == 4 && tally["unsent"] == 0)
        #expect(
            try ledger(stage).texts("SELECT key FROM effect WHERE runID = '\(correction)' AND state = 2").count == 4
        )
    }

    @Test func `what a retry of a correction has sent is no gap when the correction is resumed`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let correction = try await correct(run, "Friday", in: stage)
        try stop(
            correction,
            in: stage,
            after: "UPDATE effect SET state = 3, code = 'x', message = 'x' WHERE \(last(1, of: correction))"
        )
        #expect(await stage.run("retry", correction, "--failed").status == .done)
        let resumed = await stage.run("resume", correction, "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 4 && tally["done"] == 4 && tally["unsent"] == 0)
        #expect(try stage.world.store.count("post") == 8)
    }

    @Test func `a correction of several threads a group that is resumed counts each reply once`() async throws {
        let stage = try await AfterwardsStage()
        try stage.world.write(Self.twoThreads, to: "b.lua")
        let run = try await stage.announce("b.lua")
        let correction = try await correct(run, "Friday", in: stage)
        try stop(
            correction,
            in: stage,
            after: """
                DELETE FROM effect WHERE runID = '\(correction)'
                    AND id NOT IN (SELECT min(id) FROM effect WHERE runID = '\(correction)' GROUP BY target)
                """
        )
        let resumed = await stage.run("resume", correction, "--json")
        #expect(resumed.status == .done, "\(resumed.error)")
        let tally = try tally(resumed)
        #expect(tally["targets"] == 8 && tally["done"] == 8, "\(tally)")
        #expect(try stage.world.store.count("post") == 16)
    }

    @Test(arguments: ["ASC", "DESC"])
    func `a reply that is refused stays in the report when the replies in further threads go out`(
        order: String
    ) async throws {
        let stage = try await AfterwardsStage()
        try stage.world.write(Self.twoThreads, to: "b.lua")
        let run = try await stage.announce("b.lua")
        let group = Self.groups[0]
        try stage.world.store.change(
            """
            UPDATE thread SET isLocked = 1 WHERE id =
                (SELECT id FROM thread WHERE groupID = '\(group)' ORDER BY deliveredAt \(order) LIMIT 1)
            """
        )
        let corrected = await stage.run("correct", run, "--body", "Friday", "--json")
        #expect(corrected.status == .targetsFailed, "\(corrected.error)")
        let tally = try tally(corrected)
        #expect(tally["targets"] == 8 && tally["sent"] == 7 && tally["failed"] == 1, "\(tally)")
        #expect(try corrected.json["findings"]?.elements?.map { $0["target"]?.string } == [group.text])
    }

    // MARK: Retries

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

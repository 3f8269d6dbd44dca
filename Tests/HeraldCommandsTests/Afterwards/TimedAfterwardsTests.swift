import GraphModel
import Testing

@testable import HeraldCommands

/// Windows and grace, which an announcement keeps when it is retried and corrected.
@Suite struct TimedAfterwardsTests {
    private static let groups = AfterwardsStage.groups
    /// 2026-01-02 12:00 and 2026-01-03 03:00, UTC.
    private static let noon: Int64 = 1_767_355_200_000_000
    private static let opening: Int64 = 1_767_409_200_000_000

    private func stage(groups: Int) async throws -> AfterwardsStage {
        let stage = try await AfterwardsStage(groups: groups, of: 4)
        try stage.world.write(
            """
            announce { name = "t", to = csv.read "groups.csv", topic = "t", body = text "Hello", grace = "30s",
                       window = { from = "03:00", to = "05:00", zone = "UTC" } }
            """,
            to: "a.lua"
        )
        return stage
    }

    @Test func `a retry waits for the window of its announcement, and its grace`() async throws {
        let stage = try await stage(groups: 2)
        let run = try await stage.announce()
        #expect(stage.slept == [.seconds(30)])
        try await stage.add(groups: 4)
        stage.set(to: Self.noon)
        let retry = await stage.run("retry", run, "--failed")
        #expect(retry.status == .done, "\(retry.error)")
        #expect(stage.now >= Self.opening)
        #expect(stage.slept.count(where: { $0 == .seconds(30) }) >= 2)
        #expect(try stage.world.store.groupsNotAnnouncedOnce().isEmpty)
        // One that sends again what that could not keeps to it, too.
        let waits = stage.slept.count
        let again = await stage.run("retry", "last", "--failed")
        #expect(again.status == .done && stage.slept.count == waits, "nothing is waited for where nothing is sent")
    }

    @Test func `a correction waits for the window and for no grace, an undo for neither`() async throws {
        let stage = try await stage(groups: 4)
        let run = try await stage.announce()
        stage.set(to: Self.noon)
        #expect(await stage.run("correct", run, "--body", "It is Friday.").status == .done)
        #expect(stage.now >= Self.opening)
        #expect(stage.slept.count(where: { $0 == .seconds(30) }) == 1)
        #expect(try stage.world.store.count("post") == 8)
        stage.set(to: Self.noon)
        #expect(await stage.run("undo", run, "--yes").status == .done)
        #expect(stage.now < Self.opening)
        #expect(try stage.world.store.count("post") == 0)
    }

    @Test func `a plan that was applied has its window, too`() async throws {
        let stage = try await stage(groups: 2)
        #expect(await stage.run("plan", "a.lua").status == .targetsFailed)
        #expect(await stage.run("apply", "last").status == .targetsFailed)
        try await stage.add(groups: 4)
        stage.set(to: Self.noon)
        let run = try #require(try await stage.run("show", "last", "--json").json["run"]?.string)
        #expect(await stage.run("correct", run, "--body", "It is Friday.").status == .done)
        #expect(stage.now >= Self.opening)
    }

    @Test func `a ledger that is compacted keeps the window and the grace of what was refused`() async throws {
        let stage = try await stage(groups: 2)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        stage.set(to: Self.noon)
        #expect(await stage.run("ledger", "compact", "--keep-days", "0").status == .done)
        let retry = await stage.run("retry", run, "--failed")
        #expect(retry.status == .done, "\(retry.error)")
        #expect(stage.now >= Self.opening)
        #expect(stage.slept.count(where: { $0 == .seconds(30) }) >= 2)
    }
}

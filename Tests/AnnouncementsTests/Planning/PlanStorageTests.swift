import EmbeddedGraph
import Foundation
import GRDB
import GraphModel
import Testing

@testable import Announcements

/// Plans in the ledger and in files.
@Suite struct PlanStorageTests {
    private func plan(_ world: World, posts: Int = 3, id: String = "P1") async throws -> PlanRecord {
        let record = PlanRecord(
            id: id,
            script: "a.lua",
            scriptHash: "00",
            arguments: ["a\"b"],
            backend: "test",
            operatorName: "Adele",
            createdAt: 5
        )
        let recorder = try await PlanRecorder(record, ledger: world.ledger)
        let draft = await AnnouncementDraft(
            name: "news",
            plan: recorder,
            targets: TargetReader(world.store, caller: world.store.operatorCaller, depth: .everything),
            now: { 7 }
        )
        for group in world.groups.prefix(posts) where await draft.admit(group) {
            var post = RenderedPost(group: group, body: World.body("hello ü"))
            post.shared = SharedPart(Array("shared".utf8), at: 1)
            try await draft.add(post)
        }
        _ = try await draft.finish()
        var waves = Waves()
        waves.parts = [.count(1), .rest]
        _ = try await draft.recordPlan(waves)
        await recorder.note("A note.")
        return try await recorder.finish()
    }

    @Test func `a plan stores every post and leaves the effects alone`() async throws {
        let world = try await World(groups: 2_500)
        let plan = try await plan(world, posts: 2_500)
        let items = try await world.ledger.planItems("P1", limit: 5_000)
        #expect(items.map(\.ordinal) == Array(1...2_500))
        #expect(
            items.allSatisfy { $0.decision == .new && $0.members == 0 && $0.targetName?.hasPrefix("Group ") == true }
        )
        #expect(items.first?.shared?.bytes == Array("shared".utf8))
        let effects = try await world.ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM effect") }
        #expect(effects == 0)
        #expect(plan.hash == (try await world.ledger.planHash("P1")))
        #expect(try await world.ledger.plans(named: "last").first == plan)
        #expect(try await world.ledger.announcements(ofPlan: "P1").map(\.targets) == [2_500])
    }

    @Test(
        "the hash covers all that is sent",
        arguments: [
            "UPDATE planItem SET body = CAST('{}' AS BLOB) WHERE ordinal = 2", "DELETE FROM planItem WHERE ordinal = 3",
            "UPDATE planItem SET path = '/x' WHERE ordinal = 1",
            "UPDATE planItem SET decision = 'already' WHERE ordinal = 1",
            "UPDATE planAnnouncement SET settings = '{\"parts\":[\"rest\"]}'", "UPDATE plan SET backend = 'other'",
        ]
    )
    func hash(change: String) async throws {
        let world = try await World(groups: 3)
        let plan = try await plan(world)
        try await world.ledger.write { db, _ in try db.execute(sql: change) }
        #expect(try await world.ledger.planHash("P1") != plan.hash)
    }

    @Test func `a file carries a plan to another ledger`() async throws {
        let world = try await World(groups: 3)
        let plan = try await plan(world)
        let path = FileManager.default.temporaryDirectory.appending(path: "herald-plan-\(UUID()).plan").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await PlanFile.write(plan, of: world.ledger, to: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let other = try await World(groups: 0)
        let read = try await PlanFile.read(path, named: "x.plan", into: other.ledger)
        #expect(read == plan)
        #expect(try await other.ledger.planItems("P1") == world.ledger.planItems("P1"))
        // A second time it is there already.
        #expect(try await PlanFile.read(path, named: "x.plan", into: other.ledger) == plan)
    }

    @Test(
        "a file that was changed is refused",
        arguments: [("hello", "hullo"), (#""targets":3"#, #""targets":2"#), ("shared\"", "shored\"")]
    )
    func changedFile(old: String, new: String) async throws {
        let world = try await World(groups: 3)
        let path = FileManager.default.temporaryDirectory.appending(path: "herald-plan-\(UUID()).plan").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await PlanFile.write(try await plan(world), of: world.ledger, to: path)
        var text = try String(contentsOfFile: path, encoding: .utf8)
        let place = try #require(text.range(of: old))
        text.replaceSubrange(place, with: new)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let other = try await World(groups: 0)
        await #expect(throws: PlanFault.self) {
            _ = try await PlanFile.read(path, named: "x.plan", into: other.ledger)
        }
        #expect(try await other.ledger.plan("P1") == nil)
    }

    @Test func `a file that was cut off is refused`() async throws {
        let world = try await World(groups: 3)
        let path = FileManager.default.temporaryDirectory.appending(path: "herald-plan-\(UUID()).plan").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await PlanFile.write(try await plan(world), of: world.ledger, to: path)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let other = try await World(groups: 0)
        for count in 0..<lines.count {
            try lines.prefix(count).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            await #expect(throws: PlanFault.self) {
                _ = try await PlanFile.read(path, named: "x.plan", into: other.ledger)
            }
        }
    }

    @Test func `a plan is applied by one run`() async throws {
        let world = try await World(groups: 1)
        let plan = try await plan(world, posts: 1)
        var record = World.record("R9")
        record.kind = .apply
        record.origin = plan.id
        _ = try await world.ledger.begin(record, applying: plan.id)
        record.id = "R10"
        let other = record
        let fault = await #expect(throws: PlanFault.self) {
            _ = try await world.ledger.begin(other, applying: plan.id)
        }
        #expect(fault?.appliedBy == "R9")
        #expect(try await world.ledger.plan("P1")?.appliedBy == "R9")
        #expect(try await world.ledger.runs(named: "R10").isEmpty)
    }

    @Test func `an unfinished plan is not listed, and goes in time`() async throws {
        let world = try await World(groups: 0)
        var record = PlanRecord(
            id: "P0",
            script: "a",
            scriptHash: "",
            arguments: [],
            backend: "",
            operatorName: "",
            createdAt: 5
        )
        try await world.ledger.begin(record)
        #expect(try await world.ledger.plans(limit: 9).isEmpty)
        record.id = "P2"
        record.createdAt = 90_000_000_000
        try await world.ledger.begin(record)
        #expect(try await world.ledger.plan("P0") == nil)
    }

    @Test func `waves read as they are written`() throws {
        var waves = Waves()
        waves.parts = [.count(1), .percent(2.5), .rest]
        waves.pause = .seconds(600)
        waves.grace = .milliseconds(1500)
        waves.stopAbove = 0.02
        waves.confirms = true
        waves.window = SendWindow(
            opens: 480,
            closes: 1080,
            days: [1, 5],
            zone: try #require(TimeZone(identifier: "Europe/Berlin"))
        )
        #expect(try Waves(json: waves.json) == waves)
        #expect(try Waves(json: Waves().json) == Waves())
        #expect(throws: PlanFault.self) { try Waves(json: "[]") }
        #expect(waves.leastTime(for: 100) == .seconds(1200) + .milliseconds(1500))
    }
}

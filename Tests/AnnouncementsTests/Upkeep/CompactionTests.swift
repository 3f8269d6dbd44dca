import GRDB
import GraphModel
import Testing

@testable import Announcements

/// What compaction leaves to those who send again what another run could not.
@Suite struct CompactionTests {
    @Test(arguments: [EffectState.planned, .sending, .failed, .ambiguous])
    func `the files of a run stay until its posts are settled, whichever run has them by now`(
        state: EffectState
    ) async throws {
        let world = try await World(groups: 1)
        let stranger = GroupID.random()
        _ = try await world.announce("a", "x", to: world.groups + [stranger])
        try await world.ledger.keep([1, 2, 3], path: "/waves/a", run: "R1")
        try await world.ledger.keep([4], path: "b.csv", run: "R2")
        var record = World.record("R3")
        (record.kind, record.origin) = (.retry, "R1")
        let lease = try await world.ledger.begin(record)
        try await world.ledger.takeUp(.failed, of: "R1", lease: lease)
        func set(_ state: EffectState) async throws {
            try await world.ledger.write { db, _ in
                try db.execute(
                    sql: "UPDATE effect SET state = ?, attemptedAt = 5, settledAt = 6 WHERE target = ?",
                    arguments: [state.rawValue, stranger.text]
                )
            }
        }
        try await set(state)
        for lease in [lease, try world.lease("R1"), try world.lease("R2")] {
            try await world.ledger.end(lease, .finished, at: 9)
        }
        _ = try await world.ledger.compact(before: 10, actor: "Adele", now: 20)
        #expect(try await world.ledger.kept("/waves/a", run: "R1") == [1, 2, 3])
        #expect(try await world.ledger.kept("b.csv", run: "R2") == nil)
        try await set(.sent)
        _ = try await world.ledger.compact(before: 10, actor: "Adele", now: 20)
        #expect(try await world.ledger.kept("/waves/a", run: "R1") == nil)
    }

    @Test func `what a post shared that another run has replaced, and may put back, stays`() async throws {
        let world = try await World(groups: 0)
        let stranger = GroupID.random()
        let part = SharedPart([1, 2, 3], at: 0)
        _ = try await world.announce("a", "x", to: [stranger], attached: part)
        let lease = try world.lease("R2")
        let number = try await world.ledger.announcement(named: "a", lease: lease, at: 1)
        let post = World.post("y", to: stranger)
        #expect(
            try await world.ledger.plan([post], announcement: number, named: "a", lease: lease) == [.planned]
        )
        try await world.ledger.end(world.lease("R1"), .finished, at: 9)
        _ = try await world.ledger.compact(before: 10, actor: "Adele", now: 20)
        try await world.ledger.discardPlan(announcement: number, lease: lease)
        let back = try await world.ledger.read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM effect JOIN content ON content.hash = effect.sharedHash WHERE state = 3"
            )
        }
        #expect(back == 1)
    }
}

import Foundation
import GRDB
import GraphModel
import Synchronization
import Testing

@testable import Announcements

/// Who did what, in a chain that cannot be changed unseen.
@Suite struct AuditTests {
    @Test func `a run leaves its beginning, its plan, what was sent and its end`() async throws {
        let world = try await World(groups: 40)
        _ = try await world.announce("news", "hello", to: world.groups + [GroupID.random()])
        try await world.ledger.end(world.lease(), .finished, at: 9)
        let entries = try await world.ledger.audit(run: "R1", limit: 100)
        #expect(entries.map(\.event).first == "run.began" && entries.map(\.event).last == "run.ended")
        #expect(entries.allSatisfy { $0.actor == "Adele" })
        let planned = try #require(entries.first { $0.event == "announcement.planned" })
        #expect(planned.detail.contains(#""posts":41"#))
        let settled = try entries.filter { $0.event == "posts.settled" }.map { try JSONValue(Array($0.detail.utf8)) }
        #expect(settled.reduce(0) { $0 + ($1["succeed"]?.double ?? 0) } == 40)
        #expect(settled.reduce(0) { $0 + ($1["refuse"]?.double ?? 0) } == 1)
        #expect(!entries.contains { $0.detail.contains("hello") }, "what posts said is not in it")
    }

    @Test func `what a resumed run does is done by who resumed it`() async throws {
        var world = try await World(groups: 3)
        _ = try await world.announce("news", "hello", to: [world.groups[0]])
        try await world.resume(by: "Megan")
        _ = try await world.announce("news", "hello", to: world.groups)
        try await world.ledger.end(world.lease(), .finished, at: 9)
        let entries = try await world.ledger.audit(run: "R1", limit: 100)
        let resumed = try #require(entries.firstIndex { $0.event == "run.resumed" })
        #expect(entries[..<resumed].map(\.event).contains("posts.settled"))
        #expect(entries[..<resumed].allSatisfy { $0.actor == "Adele" })
        #expect(entries[resumed...].map(\.event).contains("posts.settled"))
        #expect(entries[resumed...].allSatisfy { $0.actor == "Megan" })
    }

    @Test func `the trail is whole, and says so with the hash of its last entry`() async throws {
        let world = try await World(groups: 3)
        _ = try await world.announce("news", "hello", to: world.groups)
        let verdict = try await world.ledger.verifyAudit()
        let last = try #require(try await world.ledger.audit(limit: 100).last)
        #expect(verdict.fault == nil && verdict.head == last.hash && verdict.entries == Int(last.sequence))
        #expect(try await world.ledger.verifyAudit(knowing: last.previousHash).knowsHash)
        #expect(try await world.ledger.verifyAudit(knowing: Array(repeating: 7, count: 32)).knowsHash == false)
    }

    @Test func `entries can be neither changed nor removed`() async throws {
        let world = try await World(groups: 1)
        for sql in ["UPDATE audit SET actor = 'Mallory'", "DELETE FROM audit WHERE sequence = 1"] {
            await #expect(throws: (any Error).self) {
                try await world.ledger.write { db, _ in try db.execute(sql: sql) }
            }
        }
        #expect(try await world.ledger.verifyAudit().fault == nil)
    }

    @Test(
        arguments: [
            ("UPDATE audit SET actor = 'Mallory' WHERE sequence = 2", 2, "changed"),
            ("DELETE FROM audit WHERE sequence = 2", 3, "missing"),
            ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 1", 1, "changed"),
        ]
    )
    func `whoever gets round that is found out`(_ sql: String, _ sequence: Int64, _ reason: String) async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "hello", to: world.groups)
        try await world.ledger.write { db, _ in
            try db.execute(sql: "DROP TRIGGER auditKeepsRows")
            try db.execute(sql: "DROP TRIGGER auditKeepsValues")
            try db.execute(sql: sql)
        }
        let fault = try #require(try await world.ledger.verifyAudit().fault)
        #expect(fault.sequence == sequence && fault.reason.contains(reason))
    }

    // MARK: Upkeep

    @Test func `compaction removes what old posts said and keeps that they were made`() async throws {
        let world = try await World(groups: 5)
        _ = try await world.announce("news", "hello", to: world.groups)
        try await world.ledger.keep([1, 2, 3], path: "a.csv", run: "R1")
        try await world.ledger.end(world.lease(), .finished, at: 9)
        let early = try await world.ledger.compact(before: 9, actor: "Adele", now: 20)
        #expect(early.posts == 0)
        let removed = try await world.ledger.compact(before: 10, actor: "Adele", now: 20)
        #expect(removed == Compaction(posts: 5, contents: 1))
        let again = try await world.announce("news", "hello", to: world.groups, run: "R2")
        #expect(again.tally.already == 5 && again.tally.sent == 0)
        #expect(try await world.announce("news", "bye", to: world.groups, run: "R2").tally.changed == 5)
        #expect(try await world.ledger.verifyAudit().fault == nil)
    }

    @Test func `a ledger that agrees with itself is told from one that does not`() async throws {
        let world = try await World(groups: 5)
        _ = try await world.announce("news", "hello", to: world.groups)
        let sound = try await world.ledger.condition(at: 10)
        #expect(sound.contradictions.isEmpty && sound.states == [.sent: 5] && sound.abandonedRuns.isEmpty)
        try await world.kill("R1")
        try await world.ledger.write { db, _ in
            try db.execute(sql: "UPDATE effect SET settledAt = NULL WHERE id = 1")
        }
        let odd = try await world.ledger.condition(at: 10_000_000)
        #expect(odd.contradictions.count == 1 && odd.abandonedRuns == ["R1"])
    }

    @Test func `an export has every row and no body`() async throws {
        let world = try await World(groups: 3)
        _ = try await world.announce("news", "a secret", to: world.groups)
        let lines = Lines()
        try await world.ledger.export { lines.add($0) }
        let kinds = try lines.all.map { try JSONValue($0)["kind"]?.string ?? "" }
        #expect(kinds.count { $0 == "effect" } == 3 && kinds.count { $0 == "run" } == 2 && kinds.contains("audit"))
        #expect(!lines.all.contains { String(decoding: $0, as: UTF8.self).contains("a secret") })
    }
}

/// Lines that a closure collects.
private final class Lines: Sendable {
    private let lines = Mutex<[[UInt8]]>([])

    func add(_ line: [UInt8]) { lines.withLock { $0.append(line) } }

    var all: [[UInt8]] { lines.withLock { $0 } }
}

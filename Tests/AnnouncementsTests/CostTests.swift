import EmbeddedGraph
import Foundation
import GRDB
import GraphModel
import Storage
import Synchronization
import Testing

@testable import Announcements

/// What a target of an announcement costs, in counts that are the same on every machine: a change that makes Herald do more
/// work fails here, before anybody has to measure seconds.
///
/// Beside each bound stands what was counted when it was set. Whoever lowers the count lowers the bound.
@Suite struct CostTests {
    /// Statements and transactions of the ledger's writer.
    private final class Counter: Sendable {
        struct Counts {
            var statements = 0
            var commits = 0
        }
        let counts = Mutex(Counts())

        func note(_ sql: String) {
            counts.withLock { counts in
                if sql.hasPrefix("COMMIT") { counts.commits += 1 } else { counts.statements += 1 }
            }
        }
    }

    private struct Cost {
        var statements: Double
        var commits: Double
        var ledgerBytes: Double
        var storeBytes: Double

        /// Of one target, from two runs of different size.
        static func each(_ few: Cost, _ many: Cost, targets: Int) -> Cost {
            let count = Double(targets)
            return Cost(
                statements: (many.statements - few.statements) / count,
                commits: (many.commits - few.commits) / count,
                ledgerBytes: (many.ledgerBytes - few.ledgerBytes) / count,
                storeBytes: (many.storeBytes - few.storeBytes) / count
            )
        }
    }

    /// The pages that a file uses once its log is in it, in bytes.
    private static func size(of path: String) throws -> Double {
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            return Double((pages - free) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0))
        }
    }

    private static func cost(groups: Int) async throws -> Cost {
        let world = try await World(groups: groups)
        let store = URL(filePath: world.ledger.path).deletingLastPathComponent().appending(path: "graph.sqlite").path
        let before = (ledger: try size(of: world.ledger.path), store: try size(of: store))
        let counter = Counter()
        try await world.ledger.write { db, _ in db.trace { counter.note($0.description) } }
        let outcome = try await world.announce("news", "Rest and recharge", to: world.groups)
        try await world.ledger.write { db, _ in db.trace(nil) }
        #expect(outcome.tally.sent == groups)
        let counts = counter.counts.withLock { $0 }
        return Cost(
            statements: Double(counts.statements),
            commits: Double(counts.commits),
            ledgerBytes: try size(of: world.ledger.path) - before.ledger,
            storeBytes: try size(of: store) - before.store
        )
    }

    @Test func `a target costs the ledger few statements, its share of a commit, and few bytes`() async throws {
        let few = try await Self.cost(groups: 320)
        let many = try await Self.cost(groups: 1280)
        let each = Cost.each(few, many, targets: 960)
        #expect(each.statements <= 3.4, "3.35")
        #expect(each.commits <= 0.066, "0.0635")
        // Ids are random, and so is how full pages are.
        #expect(each.ledgerBytes <= 610, "550 to 567")
        #expect(each.storeBytes <= 1760, "1,651 to 1,660")
    }

    @Test func `announcing again to those who have it writes next to nothing`() async throws {
        let world = try await World(groups: 640)
        _ = try await world.announce("news", "Rest and recharge", to: world.groups)
        let before = try Self.size(of: world.ledger.path)
        let counter = Counter()
        try await world.ledger.write { db, _ in db.trace { counter.note($0.description) } }
        let outcome = try await world.announce("news", "Rest and recharge", to: world.groups, run: "R2")
        try await world.ledger.write { db, _ in db.trace(nil) }
        #expect(outcome.tally.already == 640)
        let counts = counter.counts.withLock { $0 }
        let bytes = try Self.size(of: world.ledger.path) - before
        #expect(counts.statements <= 680, "662")
        #expect(counts.commits <= 8, "7")
        #expect(bytes <= 4096, "0")
    }
}

import Foundation
import GRDB
import GraphModel
package import Storage

/// Plans in the ledger.
extension Ledger {
    /// How old a plan that was never finished may be before it is forgotten.
    private static let unfinishedAge: Int64 = 86_400 * 1_000_000

    /// Begins a plan; those that were begun long ago and never finished are forgotten.
    package func begin(_ plan: PlanRecord) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM plan WHERE hash IS NULL AND (createdAt < ? OR id = ?)",
                arguments: [plan.createdAt - Self.unfinishedAge, plan.id]
            )
            try db.execute(
                sql: """
                    INSERT INTO plan (id, script, scriptHash, arguments, backend, operatorName, notes, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    plan.id, plan.script, plan.scriptHash, Self.list(plan.arguments), plan.backend, plan.operatorName,
                    Self.list(plan.notes), plan.createdAt,
                ]
            )
        }
    }

    /// Adds items to a plan that is being made, in one transaction.
    package func add(_ items: [PlanItem], to plan: String) async throws(StorageError) {
        guard !items.isEmpty else { return }
        try await write { db, statements in
            let insert = try statements(
                db,
                """
                INSERT INTO planItem (planID, ordinal, announcement, target, targetName, members, key, decision, code,
                    message, method, path, headers, sharedHash, sharedAt, contentHash, body)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                """
            )
            let content = try statements(db, "INSERT INTO content (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            var kept: Set<[UInt8]> = []
            for item in items {
                if let shared = item.shared, kept.insert(shared.hash).inserted {
                    content.bind(shared.hash, 1)
                    content.bind(shared.bytes, 2)
                    try content.run()
                }
                insert.bind(plan, 1)
                insert.bind(item.ordinal, 2)
                insert.bind(item.announcement, 3)
                insert.bind(item.target?.text, 4)
                insert.bind(item.targetName, 5)
                if let members = item.members { insert.bind(Int64(members), 6) } else { insert.bindNull(6) }
                insert.bind(item.key.description, 7)
                insert.bind(item.decision.rawValue, 8)
                insert.bind(item.code, 9)
                insert.bind(item.message, 10)
                insert.bind(item.method.rawValue, 11)
                insert.bind(item.path, 12)
                insert.bind(PlanLines.text(item.headers), 13)
                insert.bind(item.shared?.hash, 14)
                if let shared = item.shared { insert.bind(Int64(shared.offset), 15) } else { insert.bindNull(15) }
                insert.bind(item.content, 16)
                insert.bind(item.body, 17)
                try insert.run()
            }
        }
    }

    /// Adds what an announcement's items do not say of it; a second announcement of the name adds to the first.
    package func add(_ announcement: PlanAnnouncement, to plan: String) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: """
                    INSERT INTO planAnnouncement (planID, name, settings, targets, skipped, excluded, duplicates)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (planID, name) DO UPDATE SET targets = planAnnouncement.targets + excluded.targets,
                        skipped = planAnnouncement.skipped + excluded.skipped,
                        excluded = planAnnouncement.excluded + excluded.excluded,
                        duplicates = planAnnouncement.duplicates + excluded.duplicates
                    """,
                arguments: [
                    plan, announcement.name, announcement.settings, announcement.targets, announcement.skipped,
                    announcement.excluded, announcement.duplicates,
                ]
            )
        }
    }

    /// Takes items of an announcement out of a plan that is being made, from a place in it on.
    package func discard(
        announcement: String,
        from ordinal: Int64,
        plan: String
    ) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM planItem WHERE planID = ? AND announcement = ? AND ordinal >= ?",
                arguments: [plan, announcement, ordinal]
            )
        }
    }

    /// Ends the making of a plan, and gives it its hash.
    package func seal(_ plan: String, notes: [String]) async throws(StorageError) -> [UInt8] {
        try await write { db, _ in
            try db.execute(sql: "UPDATE plan SET notes = ? WHERE id = ?", arguments: [Self.list(notes), plan])
        }
        let hash = try await planHash(plan)
        try await write { db, statements in
            try db.execute(sql: "UPDATE plan SET hash = ? WHERE id = ?", arguments: [Data(hash), plan])
            guard
                let made = try Row.fetchOne(db, sql: "SELECT * FROM plan WHERE id = ?", arguments: [plan]).map(
                    Self.plan
                )
            else { return }
            try Self.audit(.planMade, actor: made.operatorName, run: nil, at: made.createdAt, db, statements) {
                writer in
                writer.member("plan", made.id)
                writer.member("hash", hash.hexadecimal)
                writer.member("script", made.script)
                writer.member("scriptHash", made.scriptHash)
                writer.name("arguments")
                writer.array { writer in for argument in made.arguments { writer.string(argument) } }
                writer.member("backend", made.backend)
            }
        }
        return hash
    }

    /// Forgets a plan that was not applied.
    package func delete(plan: String) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(sql: "DELETE FROM plan WHERE id = ? AND appliedBy IS NULL", arguments: [plan])
        }
    }

    /// Records that a run begins which carries out a plan, and takes its lease, in one transaction.
    ///
    /// - Returns: The right to write for it.
    /// - Throws: ``PlanFault`` if the plan was applied before; ``StorageError``.
    package func begin(_ run: RunRecord, applying plan: String) async throws -> Lease {
        let outcome: (lease: Lease?, other: String?) = try await write { db, statements in
            let other = try String.fetchOne(db, sql: "SELECT appliedBy FROM plan WHERE id = ?", arguments: [plan])
            if let other { return (nil, other) }
            let lease = try Self.insert(run, db, statements)
            try db.execute(sql: "UPDATE plan SET appliedBy = ? WHERE id = ?", arguments: [run.id, plan])
            return (lease, nil)
        }
        if let lease = outcome.lease { return lease }
        throw PlanFault.applied(plan, by: outcome.other ?? "")
    }
}

extension PlanFault {
    /// The plan was applied before.
    static func applied(_ plan: String, by run: String) -> PlanFault {
        var fault = PlanFault("The plan \(plan) was applied by the run \(run).")
        fault.appliedBy = run
        return fault
    }
}

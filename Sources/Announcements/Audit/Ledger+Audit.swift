import Foundation
import GRDB
package import GraphModel
package import Storage

/// The audit trail: who did what, each entry chained to the one before by its hash.
///
/// An entry is written in the transaction of what it tells of, so that neither is there without the other.
extension Ledger {
    /// The entries, oldest first.
    ///
    /// - Parameters:
    ///   - run: The run whose entries are wanted; nil for all.
    ///   - last: The number after which to begin.
    ///   - limit: How many at most.
    /// - Returns: The entries.
    /// - Throws: ``StorageError``.
    package func audit(run: String? = nil, after last: Int64 = 0, limit: Int) async throws(StorageError) -> [AuditEntry]
    {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE sequence > ? AND (? IS NULL OR runID = ?) ORDER BY sequence LIMIT ?
                    """,
                arguments: [last, run, run, limit]
            ).map(Self.entry)
        }
    }

    /// The entries behind the first so many, oldest first.
    package func audit(run: String?, skipping count: Int) async throws(StorageError) -> [AuditEntry] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM audit WHERE ? IS NULL OR runID = ? ORDER BY sequence LIMIT -1 OFFSET ?",
                arguments: [run, run, count]
            ).map(Self.entry)
        }
    }

    /// How many entries there are.
    package func auditCount(run: String? = nil) async throws(StorageError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM audit WHERE ? IS NULL OR runID = ?",
                arguments: [run, run]
            ) ?? 0
        }
    }

    /// Looks whether every entry is as it was written, and none is missing before the last.
    ///
    /// That entries are missing at the end shows only to somebody who has kept a later hash.
    ///
    /// - Parameter hash: A hash that was noted earlier; it must be one of the trail's.
    /// - Returns: What was found.
    /// - Throws: ``StorageError``.
    package func verifyAudit(knowing hash: [UInt8]? = nil) async throws(StorageError) -> AuditVerdict {
        try await read { db in
            var verdict = AuditVerdict(entries: 0, head: AuditEntry.beginning)
            verdict.knowsHash = hash == nil
            let entries = try Row.fetchCursor(db, sql: "SELECT * FROM audit ORDER BY sequence")
            while let row = try entries.next() {
                let entry = Self.entry(row)
                verdict.entries += 1
                if entry.sequence != Int64(verdict.entries) {
                    verdict.fault = (entry.sequence, "the entry before it is missing")
                } else if entry.previousHash != verdict.head {
                    verdict.fault = (entry.sequence, "it does not follow the entry before it")
                } else if entry.hash != entry.expectedHash {
                    verdict.fault = (entry.sequence, "it was changed after it was written")
                }
                if verdict.fault != nil { break }
                verdict.head = entry.hash
                if entry.hash == hash { verdict.knowsHash = true }
            }
            return verdict
        }
    }

    /// Adds an entry in a transaction of its own.
    package func audit(
        _ event: AuditEntry.Event,
        actor: String,
        run: String? = nil,
        at time: Int64,
        detail: @Sendable @escaping (inout JSONWriter) -> Void
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.audit(event, actor: actor, run: run, at: time, db, statements, detail: detail)
        }
    }

    /// Adds an entry about a run, in a transaction of its own.
    func audit(
        _ event: AuditEntry.Event,
        lease: Lease,
        at time: Int64,
        detail: @Sendable @escaping (inout JSONWriter) -> Void
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try Self.audit(event, by: lease, at: time, db, statements, detail: detail)
        }
    }

    // MARK: Inside a transaction

    /// Adds an entry about a run; who acts under the lease is who did it.
    static func audit(
        _ event: AuditEntry.Event,
        by lease: Lease,
        at time: Int64,
        _ db: Database,
        _ statements: Statements,
        detail: (inout JSONWriter) -> Void
    ) throws {
        try audit(event, actor: lease.operatorName, run: lease.run, at: time, db, statements, detail: detail)
    }

    /// Adds an entry.
    static func audit(
        _ event: AuditEntry.Event,
        actor: String,
        run: String?,
        at time: Int64,
        _ db: Database,
        _ statements: Statements,
        detail: (inout JSONWriter) -> Void
    ) throws {
        let last = try statements(db, "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
        let hasLast = try last.step()
        let json = JSONWriter.bytes(capacity: 256) { writer in writer.object { detail(&$0) } }
        var entry = AuditEntry(
            sequence: hasLast ? last.integer(0) + 1 : 1,
            at: time,
            actor: actor,
            run: run,
            event: event.rawValue,
            detail: String(decoding: json, as: UTF8.self),
            previousHash: hasLast ? last.bytes(1) : AuditEntry.beginning,
            hash: []
        )
        last.reset()
        entry.hash = entry.expectedHash
        let insert = try statements(
            db,
            """
            INSERT INTO audit (sequence, at, actor, runID, event, detail, previousHash, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """
        )
        insert.bind(entry.sequence, 1)
        insert.bind(entry.at, 2)
        insert.bind(entry.actor, 3)
        insert.bind(entry.run, 4)
        insert.bind(entry.event, 5)
        insert.bind(entry.detail, 6)
        insert.bind(entry.previousHash, 7)
        insert.bind(entry.hash, 8)
        try insert.run()
    }

    private static func entry(_ row: Row) -> AuditEntry {
        AuditEntry(
            sequence: row["sequence"],
            at: row["at"],
            actor: row["actor"],
            run: row["runID"],
            event: row["event"],
            detail: row["detail"],
            previousHash: Array(row["previousHash"] as Data),
            hash: Array(row["hash"] as Data)
        )
    }
}

import Foundation
import GRDB
import GraphModel
package import Storage

/// What a look at the ledger's rows found.
package struct LedgerCondition: Sendable, Equatable {
    package var runs = 0
    package var effects = 0
    /// Effects by state.
    package var states: [EffectState: Int] = [:]
    /// Runs that count as running though no living process works on them.
    package var abandonedRuns: [String] = []
    /// What contradicts itself, a sentence each; empty if nothing does.
    package var contradictions: [String] = []
}

/// What compaction removed.
package struct Compaction: Sendable, Equatable {
    /// Posts of which the content was removed; that they were made stays.
    package var posts = 0
    /// Files, scripts and shared parts that nothing refers to any more.
    package var contents = 0
}

/// Keeping the ledger in order.
extension Ledger {
    /// Looks whether the rows agree with one another.
    ///
    /// - Parameter time: Microseconds since 1970.
    /// - Returns: How many there are of what, and what contradicts itself.
    /// - Throws: ``StorageError``.
    package func condition(at time: Int64) async throws(StorageError) -> LedgerCondition {
        try await read { db in
            var condition = LedgerCondition()
            condition.runs = try Int.fetchOne(db, sql: "SELECT count(*) FROM run") ?? 0
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) FROM effect GROUP BY state") {
                guard let state = EffectState(rawValue: row[0]) else { continue }
                condition.states[state] = row[1]
                condition.effects += row[1] as Int
            }
            condition.abandonedRuns = try Row.fetchAll(
                db,
                sql: """
                    SELECT run.id, lease.holder, lease.renewedAt, lease.renewedUptime FROM run
                    LEFT JOIN lease ON lease.runID = run.id AND lease.endedAt IS NULL
                    WHERE run.state = 'running' ORDER BY run.startedAt
                    """
            ).compactMap { row in
                guard let holder = row["holder"] as String? else { return row["id"] }
                let identity = ProcessIdentity(description: holder)
                let last = LeaseRule.Moment(time: row["renewedAt"], uptime: row["renewedUptime"])
                let isLost = LeaseRule.isLost(last, now: .now(at: time), holder: identity)
                return isLost && identity != .current ? row["id"] : nil
            }
            let rules: [(String, String)] = [
                (
                    "SELECT count(*) FROM pragma_foreign_key_check",
                    "refer to rows that are not there"
                ),
                (
                    "SELECT count(*) FROM effect WHERE state IN (2, 3) AND settledAt IS NULL",
                    "count as settled, and nobody knows when"
                ),
                (
                    "SELECT count(*) FROM effect WHERE state = 1 AND attemptedAt IS NULL",
                    "count as attempted, and nobody knows when"
                ),
                (
                    "SELECT count(*) FROM effect WHERE announcementID IS NOT NULL AND target IS NULL",
                    "belong to an announcement and to no group"
                ),
                (
                    """
                    SELECT count(*) FROM claim LEFT JOIN lease ON lease.id = claim.leaseID
                    WHERE lease.endedAt IS NOT NULL
                    """,
                    "are claimed by a process that has ended"
                ),
            ]
            for (sql, what) in rules {
                let count = try Int.fetchOne(db, sql: sql) ?? 0
                if count > 0 { condition.contradictions.append("\(count) row\(count == 1 ? "" : "s") \(what)") }
            }
            return condition
        }
    }

    /// Removes what old runs keep only to be resumed or shown: the bodies of posts that were made, files, recorded times.
    ///
    /// What was sent to whom stays for ever, by key and hash, so that it is never sent twice. What a run needs that sends
    /// again what another could not stays, too: the files and the timing of the run whose posts they were first.
    ///
    /// - Parameters:
    ///   - time: Runs that ended before this moment count as old, in microseconds since 1970.
    ///   - actor: Who asks for it.
    ///   - now: The present moment, in microseconds since 1970.
    /// - Returns: What was removed.
    /// - Throws: ``StorageError``.
    package func compact(before time: Int64, actor: String, now: Int64) async throws(StorageError) -> Compaction {
        let compaction = try await write { db, statements in
            let old = "SELECT id FROM run WHERE state = 'finished' AND endedAt < ?"
            var compaction = Compaction()
            try db.execute(
                sql: """
                    UPDATE effect SET body = zeroblob(0), sharedHash = NULL, sharedAt = NULL
                    WHERE state IN (2, 6) AND length(body) > 0 AND runID IN (\(old))
                    """,
                arguments: [time]
            )
            compaction.posts = db.changesCount
            for table in ["runInput", "journal"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE runID IN (\(old)) AND runID NOT IN (\(Self.unsettledRuns))",
                    arguments: [time]
                )
            }
            try db.execute(
                sql: "DELETE FROM lease WHERE endedAt IS NOT NULL AND runID IN (\(old))",
                arguments: [time]
            )
            try db.execute(
                sql: """
                    DELETE FROM planItem WHERE planID IN (
                        SELECT plan.id FROM plan JOIN run ON run.id = plan.appliedBy
                        WHERE run.state = 'finished' AND run.endedAt < ?)
                    """,
                arguments: [time]
            )
            try db.execute(
                sql: """
                    DELETE FROM content WHERE hash NOT IN (SELECT contentHash FROM runInput)
                        AND hash NOT IN (SELECT sharedHash FROM effect WHERE sharedHash IS NOT NULL)
                        AND hash NOT IN (SELECT sharedHash FROM planItem WHERE sharedHash IS NOT NULL)
                        AND hash NOT IN (SELECT sharedHash FROM replaced WHERE sharedHash IS NOT NULL)
                    """
            )
            compaction.contents = db.changesCount
            let (posts, contents) = (compaction.posts, compaction.contents)
            try Self.audit(.ledgerCompacted, actor: actor, run: nil, at: now, db, statements) { writer in
                writer.member("before", GraphDate(microseconds: time).text)
                writer.member("posts", posts)
                writer.member("contents", contents)
            }
            return compaction
        }
        let (pool, path) = (pool, path)
        do { try await pool.vacuum() } catch { throw StorageError(path: path, error) }
        return compaction
    }

    /// The runs that have a post which is not settled, or was refused, and those whose posts these sent again or corrected.
    private static let unsettledRuns = """
        WITH RECURSIVE needed (id) AS (
            SELECT runID FROM effect WHERE state IN (0, 1, 3, 4)
            UNION
            SELECT run.origin FROM run JOIN needed ON run.id = needed.id WHERE run.origin IS NOT NULL
        )
        SELECT id FROM needed
        """

    /// Every row that tells what was done, as JSON objects with a member `kind`, so that the kind of a run or of a
    /// finding is called `runKind` or `findingKind`: runs, announcements' counts, waves,
    /// effects, findings and the audit trail; without bodies of posts and of answers.
    ///
    /// - Parameter line: Takes each object.
    /// - Throws: ``StorageError``, and what `line` throws.
    package func export(_ line: @Sendable @escaping ([UInt8]) throws -> Void) async throws {
        let tables: [(kind: String, sql: String)] = [
            ("run", "SELECT * FROM run ORDER BY startedAt, id"),
            ("tally", "SELECT * FROM tally ORDER BY runID, announcement"),
            ("wave", "SELECT * FROM wave ORDER BY runID, announcement, number"),
            (
                "effect",
                """
                SELECT effect.id, key, runID, name AS announcement, target, targetName, requestHash, method, path, state,
                    status, location, code, message, attemptedAt, settledAt
                FROM effect LEFT JOIN announcement ON announcement.id = effect.announcementID ORDER BY effect.id
                """
            ),
            ("finding", "SELECT * FROM finding ORDER BY id"),
            ("audit", "SELECT * FROM audit ORDER BY sequence"),
        ]
        let pool = pool
        // One snapshot for all tables.
        try await pool.read { db in
            for table in tables {
                let rows = try Row.fetchCursor(db, sql: table.sql)
                while let row = try rows.next() { try line(Self.json(row, kind: table.kind)) }
            }
        }
    }

    private static func json(_ row: Row, kind: String) -> [UInt8] {
        JSONWriter.bytes(capacity: 256) { writer in
            writer.object { writer in
                writer.member("kind", kind)
                for (column, value) in row {
                    let column = column == "kind" ? kind + "Kind" : column
                    switch value.storage {
                    case .null: continue
                    case .int64(let number):
                        writer.name(column)
                        // Numbers stand for states in the file only.
                        if kind == "effect", column == "state", let state = EffectState(rawValue: number) {
                            writer.string("\(state)")
                        } else {
                            writer.integer(number)
                        }
                    case .double(let number):
                        writer.name(column)
                        writer.number(number)
                    case .string(let text):
                        writer.name(column)
                        if kind == "run", column == "arguments" {
                            writer.raw(Array(text.utf8))
                        } else {
                            writer.string(text)
                        }
                    case .blob(let bytes):
                        writer.name(column)
                        writer.string(Array(bytes).hexadecimal)
                    }
                }
            }
        }
    }
}

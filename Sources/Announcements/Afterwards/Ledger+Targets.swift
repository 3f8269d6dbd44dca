import Foundation
import GRDB
import GraphModel
package import Storage

/// What is known of the targets of runs that have been.
extension Ledger {
    /// Which effects are meant.
    package enum Scope: Sendable {
        /// Those that these runs planned last, or settled.
        case runs([String])
        /// All of these announcements, whichever run made them.
        case announcements([String])
    }

    /// A run, those that sent its posts again, and again, and those that took them back, in the order in which they began.
    package func family(of run: String) async throws(StorageError) -> [String] {
        try await read { db in try Self.family(of: run, db) }
    }

    static func family(of run: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE family (id) AS (
                    SELECT id FROM run WHERE id = ?
                    UNION
                    SELECT run.id FROM run JOIN family ON run.origin = family.id WHERE run.kind IN ('retry', 'undo')
                )
                SELECT run.id FROM run JOIN family ON run.id = family.id ORDER BY \(beginning), run.startedAt, run.id
                """,
            arguments: [run]
        )
    }

    /// What was done about a run later on: the runs that sent it again, corrected it or took it back, the oldest first.
    package func later(than run: String) async throws(StorageError) -> [(id: String, kind: RunRecord.Kind)] {
        let rows = try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT id, kind FROM run WHERE origin = ? ORDER BY \(Self.beginning), startedAt, id",
                arguments: [run]
            ).map { [$0["id"] as String, $0["kind"] as String] }
        }
        return rows.compactMap { row in RunRecord.Kind(rawValue: row[1]).map { (row[0], $0) } }
    }

    /// The runs that a living process is at work on, and the process.
    ///
    /// - Parameter time: Microseconds since 1970.
    /// - Returns: The processes, by the names of the runs.
    /// - Throws: ``StorageError``.
    package func runsAtWork(at time: Int64) async throws(StorageError) -> [String: ProcessIdentity] {
        let rows = try await read { db in
            try Row.fetchAll(db, sql: "SELECT runID, holder, renewedAt, renewedUptime FROM lease WHERE endedAt IS NULL")
                .map { row in
                    let last = LeaseRule.Moment(time: row["renewedAt"], uptime: row["renewedUptime"])
                    return (run: row["runID"] as String, holder: row["holder"] as String, last: last)
                }
        }
        var atWork: [String: ProcessIdentity] = [:]
        for row in rows {
            let holder = ProcessIdentity(description: row.holder)
            if !LeaseRule.isLost(row.last, now: .now(at: time), holder: holder) { atWork[row.run] = holder }
        }
        return atWork
    }

    /// The names of the announcements that runs made, or found made already, in their order.
    package func announcements(of runs: [String]) async throws(StorageError) -> [String] {
        let marks = Self.marks(runs.count)
        return try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT announcement FROM tally WHERE runID IN (\(marks)) AND announcement <> ''
                    UNION
                    SELECT announcement.name FROM announcement WHERE announcement.id IN
                        (SELECT announcementID FROM effect WHERE runID IN (\(marks)))
                    ORDER BY 1
                    """,
                arguments: StatementArguments(runs + runs)
            )
        }
    }

    /// The next effects, in the order of their planning.
    ///
    /// - Parameters:
    ///   - scope: Which effects.
    ///   - states: In which states; all if there are none.
    ///   - last: The number of the effect after which to begin.
    ///   - limit: How many at most.
    ///   - bodies: Whether their bodies are read, too.
    /// - Returns: The effects; fewer than `limit` if there are no more.
    /// - Throws: ``StorageError``.
    package func targets(
        _ scope: Scope,
        in states: [EffectState] = [],
        after last: Int64 = 0,
        limit: Int,
        bodies: Bool = false
    ) async throws(StorageError) -> [TargetRecord] {
        let names: [String]
        var sql = """
            SELECT effect.id, effect.runID, announcement.name, effect.target, effect.targetName, effect.method, effect.path,
                effect.state, effect.status, effect.code, effect.message, effect.answer, effect.location,
                effect.attemptedAt, effect.settledAt\(bodies ? ", effect.body, effect.sharedHash, effect.sharedAt" : "")
            FROM effect LEFT JOIN announcement ON announcement.id = effect.announcementID
            WHERE effect.id > ?
            """
        switch scope {
        case .runs(let runs):
            names = runs
            sql += " AND effect.runID IN (\(Self.marks(runs.count)))"
        case .announcements(let announcements):
            names = announcements
            sql += " AND announcement.name IN (\(Self.marks(announcements.count)))"
        }
        if !states.isEmpty {
            sql += " AND effect.state IN (\(states.map { String($0.rawValue) }.joined(separator: ",")))"
        }
        sql += " ORDER BY effect.id LIMIT ?"
        let query = sql
        return try await read { db in
            var arguments: StatementArguments = [last]
            arguments += StatementArguments(names)
            arguments += [limit]
            return try Row.fetchAll(db, sql: query, arguments: arguments).map { Self.target($0, bodies: bodies) }
        }
    }

    /// Goes through effects in pages, in the order of their planning.
    ///
    /// - Parameters:
    ///   - scope: Which effects.
    ///   - states: In which states; all if there are none.
    ///   - bodies: Whether their bodies are read, too.
    ///   - body: Given each page.
    /// - Throws: ``StorageError``, or what `body` throws.
    package func forEachPage(
        of scope: Scope,
        in states: [EffectState] = [],
        bodies: Bool = false,
        _ body: ([TargetRecord]) async throws -> Void
    ) async throws {
        let limit = 1000
        var last: Int64 = 0
        while true {
            let page = try await targets(scope, in: states, after: last, limit: limit, bodies: bodies)
            guard let end = page.last else { return }
            try await body(page)
            guard page.count == limit else { return }
            last = end.effect
        }
    }

    /// How many effects of announcements there are in each state.
    package func counts(_ runs: [String]) async throws(StorageError) -> [EffectState: Int] {
        let marks = Self.marks(runs.count)
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT state, count(*) FROM effect WHERE runID IN (\(marks)) AND announcementID IS NOT NULL GROUP BY state
                    """,
                arguments: StatementArguments(runs)
            )
            var counts: [EffectState: Int] = [:]
            for row in rows {
                if let state = EffectState(rawValue: row[0]) { counts[state] = row[1] }
            }
            return counts
        }
    }

    private static func marks(_ count: Int) -> String {
        // No name at all is a list that holds nothing.
        count == 0 ? "NULL" : Array(repeating: "?", count: count).joined(separator: ",")
    }

    private static func target(_ row: Row, bodies: Bool) -> TargetRecord {
        let method: String = row["method"]
        let path: String = row["path"]
        let state = EffectState(rawValue: row["state"]) ?? .ambiguous
        var made: MadeItem?
        if method == "POST", state == .sent || state == .undone {
            let answer: [UInt8] = Array(row["answer"] as Data? ?? Data())
            made = MadeItem(path: path, answer: answer, location: row["location"])
        }
        let group = (row["target"] as String?).flatMap { GroupID($0) }
        let hash = bodies ? row["sharedHash"] as Data? : nil
        return TargetRecord(
            effect: row["id"],
            run: row["runID"],
            announcement: row["name"],
            group: group ?? made?.group,
            groupName: row["targetName"],
            method: method,
            path: path,
            state: state,
            status: row["status"],
            code: row["code"],
            message: row["message"],
            made: made,
            attemptedAt: row["attemptedAt"],
            settledAt: row["settledAt"],
            body: bodies ? Array(row["body"] as Data? ?? Data()) : [],
            shared: hash.map { (Array($0), row["sharedAt"] ?? 0) }
        )
    }
}

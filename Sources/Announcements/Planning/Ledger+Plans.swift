import Foundation
import GRDB
package import GraphModel
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
        try await write { db, _ in
            try db.execute(sql: "UPDATE plan SET hash = ? WHERE id = ?", arguments: [Data(hash), plan])
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
        let outcome: (lease: Lease?, other: String?) = try await write { db, _ in
            let other = try String.fetchOne(db, sql: "SELECT appliedBy FROM plan WHERE id = ?", arguments: [plan])
            if let other { return (nil, other) }
            try Self.insert(run, db)
            try db.execute(sql: "UPDATE plan SET appliedBy = ? WHERE id = ?", arguments: [run.id, plan])
            return (try Self.take(run.id, holder: .current, at: run.startedAt, db), nil)
        }
        if let lease = outcome.lease { return lease }
        throw PlanFault.applied(plan, by: outcome.other ?? "")
    }

    // MARK: Reading

    /// The finished plans, newest first.
    package func plans(limit: Int) async throws(StorageError) -> [PlanRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM plan WHERE hash IS NOT NULL ORDER BY createdAt DESC, id DESC LIMIT ?",
                arguments: [limit]
            ).map(Self.plan)
        }
    }

    /// The finished plans whose id begins with `prefix`, newest first; `last` stands for the newest.
    package func plans(named prefix: String) async throws(StorageError) -> [PlanRecord] {
        if prefix == "last" { return try await plans(limit: 1) }
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM plan WHERE substr(id, 1, length(?)) = ? AND hash IS NOT NULL
                    ORDER BY createdAt DESC LIMIT 20
                    """,
                arguments: [prefix, prefix]
            ).map(Self.plan)
        }
    }

    /// A plan by its whole id, finished or not.
    package func plan(_ id: String) async throws(StorageError) -> PlanRecord? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM plan WHERE id = ?", arguments: [id]).map(Self.plan)
        }
    }

    /// The announcements of a plan, in the order of their names.
    package func announcements(ofPlan id: String) async throws(StorageError) -> [PlanAnnouncement] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM planAnnouncement WHERE planID = ? ORDER BY name", arguments: [id])
                .map { row in
                    var announcement = PlanAnnouncement(name: row["name"], settings: row["settings"])
                    announcement.targets = row["targets"]
                    announcement.skipped = row["skipped"]
                    announcement.excluded = row["excluded"]
                    announcement.duplicates = row["duplicates"]
                    return announcement
                }
        }
    }

    /// Which items of a plan are meant.
    package enum PlanPart: Sendable {
        case all
        /// The posts of an announcement.
        case announcement(String)
        /// The single writes of the script.
        case writes
        /// What goes to a group.
        case target(GroupID)

        fileprivate var condition: String {
            switch self {
            case .all: ""
            case .announcement: "AND announcement = ?"
            case .writes: "AND announcement IS NULL"
            case .target: "AND target = ?"
            }
        }

        fileprivate var value: String? {
            switch self {
            case .all, .writes: nil
            case .announcement(let name): name
            case .target(let group): group.text
            }
        }
    }

    /// Items of a plan, in their order.
    ///
    /// - Parameters:
    ///   - plan: The plan's id.
    ///   - part: Which of them.
    ///   - last: The place after which to begin.
    ///   - limit: How many at most.
    /// - Returns: The items; fewer than `limit` only at the end.
    /// - Throws: ``StorageError``.
    package func planItems(
        _ plan: String,
        _ part: PlanPart = .all,
        after last: Int64 = 0,
        limit: Int = 1000
    ) async throws(StorageError) -> [PlanItem] {
        try await read { db in
            var arguments: StatementArguments = [plan, last]
            if let value = part.value { arguments += [value] }
            arguments += [limit]
            var parts: [[UInt8]: SharedPart] = [:]
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM planItem WHERE planID = ? AND ordinal > ? \(part.condition) ORDER BY ordinal LIMIT ?
                    """,
                arguments: arguments
            ).compactMap { row in try Self.item(row, &parts, db) }
        }
    }

    /// How many items of each decision a plan has, by announcement; that of single writes is the empty text.
    package func counts(
        ofPlan id: String
    ) async throws(StorageError) -> [String: [PlanItem.Decision: Int]] {
        try await read { db in
            var counts: [String: [PlanItem.Decision: Int]] = [:]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT coalesce(announcement, '') AS name, decision, count(*) AS number FROM planItem
                    WHERE planID = ? GROUP BY 1, 2
                    """,
                arguments: [id]
            )
            for row in rows {
                guard let decision = PlanItem.Decision(rawValue: row["decision"]) else { continue }
                counts[row["name"], default: [:]][decision] = row["number"]
            }
            return counts
        }
    }

    /// Where in a plan its announcements end, by their names: an announcement is made when its last post is known.
    func lastOrdinals(ofPlan id: String) async throws(StorageError) -> [(name: String, ordinal: Int64)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT announcement AS name, max(ordinal) AS ordinal FROM planItem
                    WHERE planID = ? AND announcement IS NOT NULL GROUP BY announcement ORDER BY 2
                    """,
                arguments: [id]
            ).map { ($0["name"], $0["ordinal"]) }
        }
    }

    /// What plans have for the same group under the same name already: those groups whose post is in the plan, with
    /// the body's path.
    func planned(
        _ announcement: String,
        in groups: [GroupID],
        plan: String
    ) async throws(StorageError) -> [GroupID: PlanItem] {
        try await read { db in
            var known: [GroupID: PlanItem] = [:]
            var parts: [[UInt8]: SharedPart] = [:]
            for group in groups {
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT * FROM planItem WHERE planID = ? AND target = ? AND announcement = ? LIMIT 1",
                    arguments: [plan, group.text, announcement]
                )
                if let row, let item = try Self.item(row, &parts, db) { known[group] = item }
            }
            return known
        }
    }

    /// The answer that the ledger has to a write, by its key: its body, and where what it made is.
    func answer(to key: IdempotencyKey) async throws(StorageError) -> (body: [UInt8], location: String?)? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT answer, location FROM effect WHERE key = ? AND state = ?",
                arguments: [key.description, EffectState.sent.rawValue]
            ).map { row in (Array(row["answer"] as Data? ?? Data()), row["location"] as String?) }
        }
    }

    /// SHA-256 over a plan: its header, its announcements and its items in their order.
    package func planHash(_ id: String) async throws(StorageError) -> [UInt8] {
        let hash = PlanHash()
        try await forEachLine(ofPlan: id) { line, isHashed in if isHashed { hash.update(line) } }
        return hash.finish()
    }

    /// Gives the lines of a plan, one after the other, each without its end, and whether the plan's hash covers it.
    package func forEachLine(
        ofPlan id: String,
        _ body: @Sendable @escaping ([UInt8], Bool) throws -> Void
    ) async throws(StorageError) {
        guard let plan = try await plan(id) else { return }
        let announcements = try await announcements(ofPlan: id)
        do {
            try body(PlanLines.line(plan), true)
            for announcement in announcements { try body(PlanLines.line(announcement), true) }
        } catch {
            throw StorageError(path: path, error)
        }
        var last: Int64 = 0
        var given: Set<[UInt8]> = []
        while true {
            let page = try await planItems(id, after: last)
            guard let end = page.last?.ordinal else { return }
            last = end
            do {
                for item in page {
                    if let shared = item.shared, given.insert(shared.hash).inserted {
                        try body(PlanLines.line(shared), false)
                    }
                    try body(PlanLines.line(item), true)
                }
            } catch {
                throw StorageError(path: path, error)
            }
        }
    }

    private static func item(_ row: Row, _ parts: inout [[UInt8]: SharedPart], _ db: Database) throws -> PlanItem? {
        guard let key = IdempotencyKey(description: row["key"]),
            let decision = PlanItem.Decision(rawValue: row["decision"]),
            let method = GraphRequest.Method(rawValue: row["method"])
        else { return nil }
        var item = PlanItem(
            ordinal: row["ordinal"],
            key: key,
            decision: decision,
            method: method,
            path: row["path"],
            headers: PlanLines.headers(row["headers"]),
            body: Array(row["body"] as Data)
        )
        item.announcement = row["announcement"]
        item.target = (row["target"] as String?).flatMap { GroupID($0) }
        item.targetName = row["targetName"]
        item.members = row["members"]
        item.content = (row["contentHash"] as Data?).map { Array($0) }
        item.code = row["code"]
        item.message = row["message"]
        if let hash = (row["sharedHash"] as Data?).map({ Array($0) }) {
            item.shared = try parts[hash] ?? Self.shared(hash, db)
            parts[hash] = item.shared
            item.shared?.offset = row["sharedAt"] ?? 0
        }
        return item
    }

    private static func plan(_ row: Row) -> PlanRecord {
        var plan = PlanRecord(
            id: row["id"],
            script: row["script"],
            scriptHash: row["scriptHash"],
            arguments: list(row["arguments"]),
            backend: row["backend"],
            operatorName: row["operatorName"],
            notes: list(row["notes"]),
            createdAt: row["createdAt"]
        )
        plan.hash = (row["hash"] as Data?).map { Array($0) }
        plan.appliedBy = row["appliedBy"]
        return plan
    }

    private static func list(_ texts: [String]) -> String {
        let bytes = JSONWriter.bytes { writer in writer.array { writer in for text in texts { writer.string(text) } } }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func list(_ text: String) -> [String] {
        (try? JSONValue(Array(text.utf8)))?.elements?.compactMap(\.string) ?? []
    }
}

extension PlanFault {
    /// The plan was applied before.
    static func applied(_ plan: String, by run: String) -> PlanFault {
        PlanFault(
            "The plan \(plan) was applied by the run \(run). See what came of it with: herald show \(run). If it did not "
                + "come to its end, go on with: herald resume \(run)"
        )
    }
}

/// SHA-256 over lines, for closures that are called one after the other.
///
/// Unchecked because whoever makes it uses it from one task.
package final class PlanHash: @unchecked Sendable {
    private var hasher = SHA256()

    package init() {}

    /// Adds a line, which has no end of its own.
    package func update(_ line: some Collection<UInt8>) {
        hasher.update(line)
        hasher.update("\n")
    }

    /// The hash of all lines; nothing may be added afterwards.
    package func finish() -> [UInt8] {
        var all = SHA256()
        swap(&all, &hasher)
        return all.finalize()
    }
}

extension Ledger {
    /// Settles posts that were planned and that the backend certainly refuses, without sending them.
    func refuse(
        _ posts: [(post: RenderedPost, refusal: TargetFacts.Refusal)],
        named name: String,
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) {
        let refused = posts.map { (key: $0.post.key(in: name), refusal: $0.refusal) }
        try await write { db, statements in
            try Self.check(lease, db, statements)
            let update = try statements(
                db,
                """
                UPDATE effect SET state = 3, status = 404, code = $1, message = $2, settledAt = $3, runID = $4
                WHERE key = $5 AND state = 0
                """
            )
            for (key, refusal) in refused {
                update.bind(refusal.code, 1)
                update.bind(refusal.message, 2)
                update.bind(time, 3)
                update.bind(lease.run, 4)
                update.bind(key.description, 5)
                try update.run()
            }
        }
    }
}

extension Ledger {
    /// The posts of another plan that go to the same groups under the same names, by the places of those in this one.
    package func counterparts(
        of posts: [PlanItem],
        in plan: String
    ) async throws(StorageError) -> [Int64: PlanItem] {
        try await read { db in
            var found: [Int64: PlanItem] = [:]
            var parts: [[UInt8]: SharedPart] = [:]
            for post in posts {
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT * FROM planItem WHERE planID = ? AND target = ? AND announcement = ? LIMIT 1",
                    arguments: [plan, post.target?.text, post.announcement]
                )
                if let row { found[post.ordinal] = try Self.item(row, &parts, db) }
            }
            return found
        }
    }
}

extension Ledger {
    /// What would become of rendered posts if they were planned for delivery, without planning any.
    func foresee(
        _ posts: [RenderedPost],
        named name: String,
        repostsUndone: Bool
    ) async throws(StorageError) -> [PlanDecision] {
        try await write { db, statements in
            let announcement = try Int64.fetchOne(
                db,
                sql: "SELECT id FROM announcement WHERE name = ?",
                arguments: [name]
            )
            guard let announcement else { return posts.map { _ in .planned } }
            let isContested = try Bool.fetchOne(
                db,
                sql: """
                    SELECT 1 FROM claim JOIN lease ON lease.id = claim.leaseID
                    WHERE announcementID = ? AND lease.endedAt IS NULL LIMIT 1
                    """,
                arguments: [announcement]
            )
            // It is done as for a run, and taken back: so it cannot be decided otherwise. There is no such run, which
            // would matter at the end of the transaction only.
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
            var decisions: [PlanDecision] = []
            try db.inSavepoint {
                decisions = try Self.plan(
                    posts,
                    announcement: announcement,
                    named: name,
                    repostsUndone: repostsUndone,
                    run: "",
                    isContested: isContested ?? false,
                    db,
                    statements
                )
                return .rollback
            }
            return decisions
        }
    }

    /// The size of the largest part that bodies of a plan have in common, in bytes; 0 if there is none.
    package func largestPart(ofPlan id: String) async throws(StorageError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT max(length(bytes)) FROM content
                    WHERE hash IN (SELECT sharedHash FROM planItem WHERE planID = ? AND sharedHash IS NOT NULL)
                    """,
                arguments: [id]
            ) ?? 0
        }
    }
}

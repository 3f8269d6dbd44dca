import Foundation
import GRDB
package import GraphModel
package import Storage

/// What the ledger knows of plans.
extension Ledger {
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
        /// The posts that are not sent since their groups do not take them.
        case refused(String)

        fileprivate var condition: String {
            switch self {
            case .all: ""
            case .announcement: "AND announcement = $3"
            case .writes: "AND announcement IS NULL"
            case .target: "AND target = $3"
            case .refused: "AND announcement = $3 AND decision = 'refused'"
            }
        }

        fileprivate var value: String? {
            switch self {
            case .all, .writes: nil
            case .announcement(let name), .refused(let name): name
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
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                """
                SELECT \(Self.itemColumns) FROM planItem WHERE planID = $1 AND ordinal > $2 \(part.condition)
                ORDER BY ordinal LIMIT \(limit)
                """,
                path: path
            )
            select.bind(plan, 1)
            select.bind(last, 2)
            if let value = part.value { select.bind(value, 3) }
            var parts: [[UInt8]: SharedPart] = [:]
            var items: [PlanItem] = []
            while try select.step() {
                if let item = try Self.item(select, &parts, db) { items.append(item) }
            }
            return items
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

    /// What a plan has for groups under a name already.
    func planned(
        _ announcement: String,
        in groups: [GroupID],
        plan: String
    ) async throws(StorageError) -> [GroupID: PlanItem] {
        let path = path
        return try await read { db in
            let select = try Self.selectPost(db, path)
            var parts: [[UInt8]: SharedPart] = [:]
            var known: [GroupID: PlanItem] = [:]
            for group in groups { known[group] = try Self.post(of: announcement, to: group, plan, select, &parts, db) }
            return known
        }
    }

    private static func selectPost(_ db: Database, _ path: String) throws -> PreparedStatement {
        try PreparedStatement(
            db,
            "SELECT \(itemColumns) FROM planItem WHERE planID = $1 AND target = $2 AND announcement = $3 ORDER BY ordinal LIMIT 1",
            path: path
        )
    }

    private static func post(
        of announcement: String,
        to group: GroupID,
        _ plan: String,
        _ select: PreparedStatement,
        _ parts: inout [[UInt8]: SharedPart],
        _ db: Database
    ) throws -> PlanItem? {
        select.bind(plan, 1)
        select.bind(group.text, 2)
        select.bind(announcement, 3)
        defer { select.reset() }
        return try select.step() ? item(select, &parts, db) : nil
    }

    /// The posts of another plan that go to the same groups under the same names, by the places of those in this one.
    package func counterparts(
        of posts: [PlanItem],
        in plan: String
    ) async throws(StorageError) -> [Int64: PlanItem] {
        let path = path
        return try await read { db in
            let select = try Self.selectPost(db, path)
            var parts: [[UInt8]: SharedPart] = [:]
            var found: [Int64: PlanItem] = [:]
            for post in posts {
                guard let target = post.target, let announcement = post.announcement else { continue }
                found[post.ordinal] = try Self.post(of: announcement, to: target, plan, select, &parts, db)
            }
            return found
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

    private static let itemColumns = """
        ordinal, announcement, target, targetName, members, key, decision, code, message, method, path, headers, body,
        sharedHash, sharedAt, contentHash
        """

    private static func item(
        _ row: PreparedStatement,
        _ parts: inout [[UInt8]: SharedPart],
        _ db: Database
    ) throws -> PlanItem? {
        guard let key = row.text(5).flatMap(IdempotencyKey.init(description:)),
            let decision = row.text(6).flatMap(PlanItem.Decision.init),
            let method = row.text(9).flatMap(GraphRequest.Method.init)
        else { return nil }
        var item = PlanItem(
            ordinal: row.integer(0),
            key: key,
            decision: decision,
            method: method,
            path: row.text(10) ?? "",
            headers: row.isNull(11) ? [:] : PlanLines.headers(row.text(11)),
            body: row.bytes(12)
        )
        item.announcement = row.text(1)
        item.target = row.text(2).flatMap { GroupID($0) }
        item.targetName = row.text(3)
        item.members = row.isNull(4) ? nil : Int(row.integer(4))
        item.code = row.text(7)
        item.message = row.text(8)
        item.content = row.isNull(15) ? nil : row.bytes(15)
        guard !row.isNull(13) else { return item }
        let hash = row.bytes(13)
        item.shared = try parts[hash] ?? shared(hash, db)
        parts[hash] = item.shared
        item.shared?.offset = Int(row.integer(14))
        return item
    }

    /// The groups to which a plan sends posts of an announcement.
    package func targets(ofPlan id: String, announcement: String) async throws(StorageError) -> Set<GroupID> {
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                "SELECT target FROM planItem WHERE planID = $1 AND announcement = $2 AND decision = 'new'",
                path: path
            )
            select.bind(id, 1)
            select.bind(announcement, 2)
            var groups: Set<GroupID> = []
            while try select.step() { if let group = select.text(0).flatMap({ GroupID($0) }) { groups.insert(group) } }
            return groups
        }
    }

    /// The groups to which a plan sends posts of an announcement in the thread of an earlier one.
    package func replies(ofPlan id: String, announcement: String) async throws(StorageError) -> Set<GroupID> {
        try await read { db in
            let targets = try String.fetchAll(
                db,
                sql: """
                    SELECT target FROM planItem
                    WHERE planID = ? AND announcement = ? AND decision = 'new' AND target IS NOT NULL AND path LIKE '%/reply'
                    """,
                arguments: [id, announcement]
            )
            return Set(targets.compactMap { GroupID($0) })
        }
    }

    static func plan(_ row: Row) -> PlanRecord {
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

    static func list(_ texts: [String]) -> String {
        let bytes = JSONWriter.bytes { writer in writer.array { writer in for text in texts { writer.string(text) } } }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func list(_ text: String) -> [String] {
        (try? JSONValue(Array(text.utf8)))?.elements?.compactMap(\.string) ?? []
    }
}

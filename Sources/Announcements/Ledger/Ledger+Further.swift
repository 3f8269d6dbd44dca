import GRDB
import GraphModel
import Storage

/// Posts of an announcement to groups that have one already.
extension Ledger {
    /// Another further post of an announcement to a group that is not settled: its number and how far it has come.
    static func rival(
        of key: IdempotencyKey,
        _ group: GroupID,
        in announcement: Int64,
        named name: String,
        _ db: Database,
        _ statements: Statements
    ) throws -> (id: Int64, state: EffectState)? {
        let first = IdempotencyKey.announcement(name, group: group).description
        let select = try statements(
            db,
            """
            SELECT id, state FROM effect WHERE key > $1 AND key < $2 AND key <> $3 AND announcementID = $4
                AND state IN (0, 1, 4) LIMIT 1
            """
        )
        select.bind(first + "/", 1)
        select.bind(first + "0", 2)
        select.bind(key.description, 3)
        select.bind(announcement, 4)
        defer { select.reset() }
        guard try select.step() else { return nil }
        return (select.integer(0), EffectState(rawValue: select.integer(1)) ?? .ambiguous)
    }

    /// The posts that groups got first of an announcement.
    ///
    /// - Returns: Those that were sent, whether or not they were taken back since.
    /// - Throws: ``StorageError``.
    func firstPosts(of announcement: String, in groups: [GroupID]) async throws(StorageError) -> [FirstPost] {
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                "SELECT state, answer, attemptedAt, path, body FROM effect WHERE key = $1 AND state IN (2, 6)",
                path: path
            )
            return try groups.compactMap { group in
                let key = IdempotencyKey.announcement(announcement, group: group)
                select.bind(key.description, 1)
                defer { select.reset() }
                guard try select.step(), let state = EffectState(rawValue: select.integer(0)) else { return nil }
                return FirstPost(
                    group: group,
                    state: state,
                    answer: select.isNull(1) ? [] : select.bytes(1),
                    attemptedAt: select.isNull(2) ? nil : select.integer(2),
                    key: key,
                    path: select.text(3) ?? "",
                    body: select.bytes(4)
                )
            }
        }
    }
}

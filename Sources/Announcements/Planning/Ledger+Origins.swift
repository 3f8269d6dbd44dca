import GRDB
import GraphModel
import Storage

/// What a run that goes on need not render once more: what it has sent itself, of the same texts to the same list.
extension Ledger {
    /// Notes of what a run renders an announcement's posts.
    ///
    /// - Parameters:
    ///   - origin: The hash of its texts and of its list; nil if it cannot be told, and then it is no more for the rest of
    ///     the run.
    ///   - announcement: The announcement's name.
    ///   - lease: The right to write for the run.
    /// - Returns: Whether all that the run has sent under the name was rendered of the same.
    /// - Throws: ``StorageError``.
    func note(
        origin: [UInt8]?,
        of announcement: String,
        lease: Lease
    ) async throws(StorageError) -> Bool {
        // A path that no file of a script's can have.
        let path = "/origins/" + announcement
        return try await write { db, statements in
            try Self.check(lease, db, statements)
            let isFirstProcess = try Bool.fetchOne(
                db,
                sql: "SELECT NOT EXISTS (SELECT 1 FROM lease WHERE runID = ? AND id < ?)",
                arguments: [lease.run, lease.id]
            )
            let known = try Self.kept(path, run: lease.run, db)
            if let known, let origin, known == origin { return true }
            // An earlier process may have rendered what it did not note.
            let noted = known == nil && isFirstProcess == true ? origin ?? [] : []
            try db.execute(
                sql: "DELETE FROM runInput WHERE runID = ? AND path = ?",
                arguments: [lease.run, path]
            )
            try Self.keep(noted, path: path, run: lease.run, db, statements)
            return false
        }
    }

    /// Of some groups, those to which a run has sent its first post of an announcement.
    ///
    /// - Throws: ``StorageError``.
    func sent(
        _ announcement: String,
        to groups: [GroupID],
        by run: String
    ) async throws(StorageError) -> Set<GroupID> {
        let path = path
        return try await read { db in
            // They are asked for in the order in which they were planned.
            let next = try PreparedStatement(
                db,
                "SELECT id FROM effect WHERE id = $1 AND key = $2 AND runID = $3 AND state = 2",
                path: path
            )
            let find = try PreparedStatement(
                db,
                "SELECT id FROM effect WHERE key = $1 AND runID = $2 AND state = 2",
                path: path
            )
            var last: Int64 = 0
            var sent: Set<GroupID> = []
            for group in groups {
                let key = IdempotencyKey.announcement(announcement, group: group).description
                next.bind(last + 1, 1)
                next.bind(key, 2)
                next.bind(run, 3)
                if try next.step() {
                    last += 1
                    next.reset()
                } else {
                    find.bind(key, 1)
                    find.bind(run, 2)
                    guard try find.step() else { continue }
                    last = find.integer(0)
                    find.reset()
                }
                sent.insert(group)
            }
            return sent
        }
    }
}

import GRDB
package import GraphModel
package import Storage

/// What runs do with the effects of other runs.
extension Ledger {
    /// Which targets of a run are sent to again.
    package enum Remainder: String, Sendable, CaseIterable {
        /// Those that the backend refused.
        case failed
        /// Those of which it cannot be proved whether they have the post.
        case ambiguous

        /// The state that they are in.
        package var state: EffectState { self == .failed ? .failed : .ambiguous }
    }

    /// Makes the refused, or unproven, posts of a run those of another, in one transaction.
    ///
    /// What was refused is planned once more, as it was rendered; what is unproven stays so until it is known.
    /// What a later run has put in their place is not touched.
    ///
    /// - Parameters:
    ///   - remainder: Which of them.
    ///   - origin: The run whose they are; they may be those of a run that sent them again, too, as this one may have done
    ///     before it was stopped.
    ///   - excluded: Groups whose posts stay as they are.
    ///   - abandoned: Runs that sent them again and have died: what these had taken up is taken up, too.
    ///   - lease: The right to write for the run whose they are to be.
    /// - Throws: ``StorageError``.
    package func takeUp(
        _ remainder: Remainder,
        of origin: String,
        except excluded: Set<GroupID> = [],
        abandoned: [String] = [],
        lease: Lease
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            let left = try excluded.isEmpty ? "" : Self.condition(excluding: excluded, db)
            for run in abandoned {
                try db.execute(
                    sql: """
                        UPDATE effect SET runID = ? WHERE runID = ? AND announcementID IS NOT NULL AND state IN (0, 1)\(left)
                        """,
                    arguments: [lease.run, run]
                )
            }
            for run in try Self.family(of: origin, db) {
                switch remainder {
                case .failed:
                    try db.execute(
                        sql: """
                            UPDATE effect SET runID = ?, state = 0, status = NULL, code = NULL, message = NULL,
                                settledAt = NULL
                            WHERE runID = ? AND announcementID IS NOT NULL AND state = 3\(left)
                            """,
                        arguments: [lease.run, run]
                    )
                case .ambiguous:
                    try db.execute(
                        sql: """
                            UPDATE effect SET runID = ? WHERE runID = ? AND announcementID IS NOT NULL AND state = 4\(left)
                            """,
                        arguments: [lease.run, run]
                    )
                }
            }
        }
    }

    /// Makes posts those of a run to which another has made attempts that nothing settles any more, in one transaction.
    ///
    /// - Parameters:
    ///   - posts: The posts, rendered as they were then.
    ///   - announcement: The announcement's number.
    ///   - name: Its name.
    ///   - lease: The right to write for the run whose they are to be.
    /// - Returns: How many there are; none while another run is at work on the announcement, for they may be its own.
    /// - Throws: ``StorageError``.
    package func takeUpUnsettled(
        _ posts: [RenderedPost],
        announcement: Int64,
        named name: String,
        lease: Lease
    ) async throws(StorageError) -> Int {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            guard try !Self.isContested(announcement, by: lease, db, statements) else { return 0 }
            let update = try statements(db, "UPDATE effect SET runID = $1 WHERE key = $2 AND state IN (1, 4)")
            var taken = 0
            for post in posts {
                update.bind(lease.run, 1)
                update.bind(post.key(in: name).description, 2)
                try update.run()
                taken += db.changesCount
            }
            return taken
        }
    }

    /// How many of some posts a run has sent.
    ///
    /// - Parameters:
    ///   - posts: The posts, rendered as they were then.
    ///   - name: Their announcement's name.
    ///   - run: The run.
    /// - Returns: How many.
    /// - Throws: ``StorageError``.
    package func sent(
        _ posts: [RenderedPost],
        named name: String,
        by run: String
    ) async throws(StorageError) -> Int {
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                "SELECT 1 FROM effect WHERE key = $1 AND runID = $2 AND state = 2",
                path: path
            )
            var sent = 0
            for post in posts {
                select.bind(post.key(in: name).description, 1)
                select.bind(run, 2)
                if try select.step() { sent += 1 }
                select.reset()
            }
            return sent
        }
    }

    /// What excludes groups in a query about effects; they stand in a table of the connection's own, since they may be
    /// many.
    private static func condition(excluding groups: Set<GroupID>, _ db: Database) throws -> String {
        try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS excluded (target TEXT PRIMARY KEY)")
        try db.execute(sql: "DELETE FROM temp.excluded")
        for group in groups {
            try db.execute(sql: "INSERT INTO temp.excluded (target) VALUES (?)", arguments: [group.text])
        }
        return " AND target NOT IN (SELECT target FROM temp.excluded)"
    }

    /// Gives up what a run has planned of an announcement for some groups, before anything of it was sent: it counts as
    /// refused from then on.
    ///
    /// - Parameters:
    ///   - groups: The groups.
    ///   - announcement: The announcement's name.
    ///   - reason: The code and the message with which it is refused.
    ///   - lease: The right to write for the run.
    ///   - time: Microseconds since 1970.
    /// - Returns: The groups that had something planned, or for which the run has given it up before, with this code.
    /// - Throws: ``StorageError``.
    package func giveUp(
        _ groups: Set<GroupID>,
        announcement: String,
        reason: (code: String, message: String),
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) -> Set<GroupID> {
        guard !groups.isEmpty else { return [] }
        let (code, message) = reason
        return try await write { db, statements in
            try Self.check(lease, db, statements)
            let planned = try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT target FROM effect WHERE runID = ? AND (state = 0 OR (state = 3 AND code = ?))
                        AND announcementID = (SELECT id FROM announcement WHERE name = ?)
                    """,
                arguments: [lease.run, code, announcement]
            )
            let given = groups.intersection(planned.compactMap { GroupID($0) })
            for group in given {
                try db.execute(
                    sql: """
                        UPDATE effect SET state = 3, code = ?, message = ?, settledAt = ? WHERE runID = ? AND state = 0
                            AND announcementID = (SELECT id FROM announcement WHERE name = ?) AND target = ?
                        """,
                    arguments: [code, message, time, lease.run, announcement, group.text]
                )
            }
            return given
        }
    }

    /// The groups for which a run has effects of an announcement in some states.
    ///
    /// - Parameters:
    ///   - announcement: The announcement's name.
    ///   - run: The run that planned them last, or settled them.
    ///   - states: The states.
    /// - Returns: The groups, and how many effects there are for them.
    /// - Throws: ``StorageError``.
    package func groups(
        announcement: String,
        run: String,
        in states: [EffectState]
    ) async throws(StorageError) -> (groups: Set<GroupID>, effects: Int) {
        let list = states.map { String($0.rawValue) }.joined(separator: ",")
        let targets = try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT target FROM effect WHERE runID = ? AND state IN (\(list))
                        AND announcementID = (SELECT id FROM announcement WHERE name = ?)
                    """,
                arguments: [run, announcement]
            )
        }
        return (Set(targets.compactMap { GroupID($0) }), targets.count)
    }

    /// Forgets a run that has done nothing, and gives its lease up.
    ///
    /// One that has an effect, or of whose doing there is something to tell, is kept.
    ///
    /// - Parameters:
    ///   - lease: The right to write for it.
    ///   - time: Microseconds since 1970.
    /// - Returns: Whether it is forgotten; the audit trail keeps that it was begun, and that nothing was done.
    /// - Throws: ``StorageError``.
    package func forget(_ lease: Lease, at time: Int64) async throws(StorageError) -> Bool {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            let hasTraces = try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM effect WHERE runID = ?) OR EXISTS (SELECT 1 FROM tally WHERE runID = ?)
                    """,
                arguments: [lease.run, lease.run]
            )
            guard hasTraces == false else { return false }
            try Self.audit(.runEnded, by: lease, at: time, db, statements) { writer in
                writer.member("state", RunRecord.State.finished.rawValue)
                writer.member("message", "nothing was done")
            }
            try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [lease.run])
            return true
        }
    }

    /// How many effects a run has taken back of an announcement, or of the single writes if none is named.
    package func undone(announcement: String?, run: String) async throws(StorageError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM effect LEFT JOIN announcement ON announcement.id = effect.announcementID
                    WHERE effect.runID = ? AND effect.state = 6 AND coalesce(announcement.name, '') = ?
                    """,
                arguments: [run, announcement ?? ""]
            ) ?? 0
        }
    }

    /// Records that effects have been taken back, in one transaction.
    ///
    /// They become those of the run that took them back, and keep the time at which they were sent. One that is not sent,
    /// or no longer, stays as it is.
    ///
    /// - Parameters:
    ///   - effects: Their numbers.
    ///   - lease: By whom.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError``.
    package func undo(_ effects: [Int64], lease: Lease, at time: Int64) async throws(StorageError) {
        guard !effects.isEmpty else { return }
        try await write { db, statements in
            try Self.check(lease, db, statements)
            var digest = SettlementDigest()
            let find = try statements(db, "SELECT state, key, requestHash FROM effect WHERE id = $1")
            let update = try statements(db, "UPDATE effect SET state = $1, runID = $2 WHERE id = $3")
            for effect in effects {
                find.bind(effect, 1)
                guard try find.step(), let state = EffectState(rawValue: find.integer(0)) else { continue }
                let (key, requestHash) = (find.text(1) ?? "", find.bytes(2))
                find.reset()
                guard let next = state.after(.undo) else { continue }
                let settlement = Settlement(effect: effect, event: .undo, status: 0, at: time)
                digest.add(settlement, key: key, requestHash: requestHash)
                update.bind(next.rawValue, 1)
                update.bind(lease.run, 2)
                update.bind(effect, 3)
                try update.run()
            }
            guard let count = digest.counts[.undo] else { return }
            let hash = digest.finish()
            try Self.audit(.postsSettled, by: lease, at: time, db, statements) { writer in
                writer.member("undo", count)
                writer.member("hash", hash.hexadecimal)
            }
        }
    }
}

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
    ///   - lease: The right to write for the run whose they are to be.
    /// - Throws: ``StorageError``.
    package func takeUp(
        _ remainder: Remainder,
        of origin: String,
        lease: Lease
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            for run in try Self.family(of: origin, db) {
                switch remainder {
                case .failed:
                    try db.execute(
                        sql: """
                            UPDATE effect SET runID = ?, state = 0, status = NULL, code = NULL, message = NULL,
                                settledAt = NULL
                            WHERE runID = ? AND announcementID IS NOT NULL AND state = 3
                            """,
                        arguments: [lease.run, run]
                    )
                case .ambiguous:
                    try db.execute(
                        sql: "UPDATE effect SET runID = ? WHERE runID = ? AND announcementID IS NOT NULL AND state = 4",
                        arguments: [lease.run, run]
                    )
                }
            }
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
    /// - Throws: ``StorageError``.
    package func undo(_ effects: [Int64], lease: Lease) async throws(StorageError) {
        guard !effects.isEmpty else { return }
        try await write { db, statements in
            try Self.check(lease, db, statements)
            let find = try statements(db, "SELECT state FROM effect WHERE id = $1")
            let update = try statements(db, "UPDATE effect SET state = $1, runID = $2 WHERE id = $3")
            for effect in effects {
                find.bind(effect, 1)
                guard try find.step(), let state = EffectState(rawValue: find.integer(0)) else { continue }
                find.reset()
                guard let next = state.after(.undo) else { continue }
                update.bind(next.rawValue, 1)
                update.bind(lease.run, 2)
                update.bind(effect, 3)
                try update.run()
            }
        }
    }
}

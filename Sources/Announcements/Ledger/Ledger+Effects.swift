import Foundation
import GRDB
package import GraphModel
package import Storage

extension Ledger {
    /// The number of the announcement with this name, which is made if there is none; other runs learn that this one is
    /// at work on it.
    package func announcement(named name: String, lease: Lease, at time: Int64) async throws(StorageError) -> Int64 {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try Self.endLost(except: lease, at: time, db, statements)
            try db.execute(
                sql: "INSERT INTO announcement (name, createdAt) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, time]
            )
            let id = try Int64.fetchOne(db, sql: "SELECT id FROM announcement WHERE name = ?", arguments: [name]) ?? 0
            try db.execute(
                sql: """
                    INSERT INTO claim (leaseID, announcementID, firstEffect, lastEffect) VALUES (?, ?, 0, 0)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [lease.id, id]
            )
            return id
        }
    }

    /// Stores rendered posts as effects, in one transaction, and says for each what is to become of it.
    ///
    /// A post that is not settled replaces what an earlier run had planned for its group. A further post is planned only
    /// where no other further one is open.
    ///
    /// - Parameters:
    ///   - posts: The posts.
    ///   - announcement: The announcement's number.
    ///   - name: Its name.
    ///   - repostsUndone: Whether posts that were taken back count as changed, whatever they said.
    ///   - lease: The right to write for the run that wants them.
    /// - Returns: A decision for each.
    /// - Throws: ``StorageError``.
    package func plan(
        _ posts: [RenderedPost],
        announcement: Int64,
        named name: String,
        repostsUndone: Bool = false,
        lease: Lease
    ) async throws(StorageError) -> [PlanDecision] {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            return try Self.plan(
                posts,
                announcement: announcement,
                named: name,
                repostsUndone: repostsUndone,
                run: lease.run,
                isContested: try Self.isContested(announcement, by: lease, db, statements),
                db,
                statements
            )
        }
    }

    /// Stores rendered posts, in a transaction that has begun.
    static func plan(
        _ posts: [RenderedPost],
        announcement: Int64,
        named name: String,
        repostsUndone: Bool,
        run: String,
        isContested: Bool,
        _ db: Database,
        _ statements: Statements
    ) throws -> [PlanDecision] {
        let insert = try statements(
            db,
            """
            INSERT INTO effect (key, runID, announcementID, target, targetName, requestHash, method, path, sharedHash,
                sharedAt, body, state)
            VALUES ($1, $2, $3, $4, $5, $6, 'POST', $7, $8, $9, $10, 0)
            ON CONFLICT (key) DO NOTHING
            """
        )
        let find = try statements(db, "SELECT id, state, requestHash FROM effect WHERE key = $1")
        let findNext = try statements(db, "SELECT id, state, requestHash FROM effect WHERE id = $1 AND key = $2")
        let replace = try statements(
            db,
            """
            UPDATE effect SET runID = $1, targetName = $2, requestHash = $3, path = $4, sharedHash = $5, sharedAt = $6,
                body = $7, state = 0, status = NULL, code = NULL, message = NULL, settledAt = NULL
            WHERE id = $8
            """
        )
        let keep = try statements(
            db,
            """
            INSERT INTO replaced (effectID, \(Self.replacedColumns)) SELECT id, \(Self.replacedColumns) FROM effect
            WHERE id = $1 AND runID <> $2 ON CONFLICT DO NOTHING
            """
        )
        let content = try statements(db, "INSERT INTO content (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        var kept: Set<[UInt8]> = []
        var last: Int64?
        return try posts.map { post in
            let key = post.key(in: name)
            let hash = post.hash
            if post.isFurther {
                let rival = try Self.rival(of: key, post.group, in: announcement, named: name, db, statements)
                switch rival {
                case nil: break
                case (let id, .planned)? where !isContested:
                    try db.execute(sql: "DELETE FROM effect WHERE id = ?", arguments: [id])
                case (_, .ambiguous)?: return .ambiguous
                case (_, .sending)? where !isContested: return .ambiguous
                case (_, _)?: return .busy
                }
            }
            if let shared = post.shared, kept.insert(shared.hash).inserted {
                content.bind(shared.hash, 1)
                content.bind(shared.bytes, 2)
                try content.run()
            }
            // A run that goes on asks for what is known, in the order in which it is stored.
            var known: Known?
            if let last {
                findNext.bind(last + 1, 1)
                findNext.bind(key.description, 2)
                known = try Known(findNext, hash)
                if known == nil {
                    find.bind(key.description, 1)
                    known = try Known(find, hash)
                }
            }
            if known == nil {
                insert.bind(key.description, 1)
                insert.bind(run, 2)
                insert.bind(announcement, 3)
                insert.bind(post.group.text, 4)
                insert.bind(post.groupName, 5)
                insert.bind(hash, 6)
                insert.bind(post.path, 7)
                insert.bind(post.shared?.hash, 8)
                if let shared = post.shared { insert.bind(Int64(shared.offset), 9) } else { insert.bindNull(9) }
                insert.bind(post.body, 10)
                try insert.run()
                if db.changesCount == 0 {
                    find.bind(key.description, 1)
                    known = try Known(find, hash)
                }
            }
            last = known?.id
            guard let known else { return .planned }
            let verdict = PlanRule.verdict(
                on: known.state,
                isSame: known.isSame,
                isContested: isContested,
                repostsUndone: repostsUndone
            )
            if verdict.decision == .changed, !post.isFurther {
                // It may have had this content later on.
                find.bind(post.further(inThread: nil).key(in: name).description, 1)
                defer { find.reset() }
                if try find.step(), find.integer(1) == EffectState.sent.rawValue { return .already }
            }
            guard verdict.replaces else { return verdict.decision }
            keep.bind(known.id, 1)
            keep.bind(run, 2)
            try keep.run()
            replace.bind(run, 1)
            replace.bind(post.groupName, 2)
            replace.bind(hash, 3)
            replace.bind(post.path, 4)
            replace.bind(post.shared?.hash, 5)
            if let shared = post.shared { replace.bind(Int64(shared.offset), 6) } else { replace.bindNull(6) }
            replace.bind(post.body, 7)
            replace.bind(known.id, 8)
            try replace.run()
            return verdict.decision
        }
    }

    /// What the ledger knows of a key.
    private struct Known {
        var id: Int64
        var state: EffectState
        /// Whether its content is that of the post which is planned.
        var isSame: Bool

        /// The row that a statement finds; nil if it finds none.
        init?(_ find: PreparedStatement, _ hash: [UInt8]) throws {
            guard try find.step() else { return nil }
            defer { find.reset() }
            id = find.integer(0)
            state = EffectState(rawValue: find.integer(1)) ?? .ambiguous
            isSame = find.bytes(2) == hash
        }
    }

    /// What is kept of an effect in whose place another run has put its own.
    private static let replacedColumns =
        "runID, targetName, requestHash, path, body, sharedHash, sharedAt, state, status, code, message, settledAt"

    /// Takes back what a run planned of an announcement and has not sent: a fault was found in its data, or somebody said
    /// no.
    ///
    /// What it had put its own in the place of stands there again.
    ///
    /// Where another run is at work on the announcement it stays, since that run may count on it; a run that finds it
    /// later puts its own in its place.
    package func discardPlan(announcement: Int64, lease: Lease) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            if try !Self.isContested(announcement, by: lease, db, statements) {
                try db.execute(
                    sql: """
                        UPDATE effect SET (\(Self.replacedColumns)) =
                            (SELECT \(Self.replacedColumns) FROM replaced WHERE effectID = effect.id)
                        WHERE announcementID = $1 AND runID = $2 AND state = 0 AND id IN (SELECT effectID FROM replaced)
                        """,
                    arguments: [announcement, lease.run]
                )
                try db.execute(
                    sql: "DELETE FROM effect WHERE announcementID = ? AND runID = ? AND state = 0",
                    arguments: [announcement, lease.run]
                )
                try Self.forgetReplaced(announcement, db)
            }
            try db.execute(
                sql: "DELETE FROM claim WHERE announcementID = ? AND leaseID = ?",
                arguments: [announcement, lease.id]
            )
        }
    }

    /// Forgets what stood in the place of an announcement's effects before: they are as they stay.
    static func forgetReplaced(_ announcement: Int64, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM replaced WHERE (SELECT announcementID FROM effect WHERE id = effectID) = ?",
            arguments: [announcement]
        )
    }

    /// What became of an announcement in some groups, by its newest effect in each: whether it was sent, refused, taken
    /// back, or cannot be known.
    ///
    /// - Returns: Those of which there is something to tell; what is planned or under way is not among them.
    /// - Throws: ``StorageError``.
    package func settled(
        announcement: String,
        in groups: Set<GroupID>
    ) async throws(StorageError) -> [(group: GroupID, state: EffectState, code: String?, message: String?)] {
        let path = path
        return try await read { db in
            // The key of a further post begins with that of the first, and a "/" behind it.
            let select = try PreparedStatement(
                db,
                """
                SELECT state, code, message FROM effect WHERE key = $1 OR (key > $2 AND key < $3) ORDER BY id DESC LIMIT 1
                """,
                path: path
            )
            return try groups.sorted().compactMap { group in
                let key = IdempotencyKey.announcement(announcement, group: group).description
                select.bind(key, 1)
                select.bind(key + "/", 2)
                select.bind(key + "0", 3)
                guard try select.step(), let state = EffectState(rawValue: select.integer(0)) else { return nil }
                defer { select.reset() }
                switch state {
                case .sent, .failed, .undone, .ambiguous: return (group, state, select.text(1), select.text(2))
                case .planned, .sending, .skipped: return nil
                }
            }
        }
    }

    /// Records that attempts are about to be made, in one transaction, before the first is: for backends without keys.
    ///
    /// - Parameters:
    ///   - effects: Their numbers.
    ///   - lease: By whom.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError``, with the code `superseded` if another process has taken over: then nothing may be sent.
    package func begin(_ effects: [Int64], lease: Lease, at time: Int64) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            // State 1 is that of an attempt; an earlier attempt that nothing has settled stays the first.
            let update = try statements(
                db,
                """
                UPDATE effect SET state = 1, attemptedAt = CASE WHEN state = 1 OR state = 4
                    THEN coalesce(attemptedAt, $1) ELSE $1 END
                WHERE id = $2 AND state IN (0, 1, 3, 4)
                """
            )
            for effect in effects {
                update.bind(time, 1)
                update.bind(effect, 2)
                try update.run()
            }
        }
    }

    /// Records what came of attempts, in one transaction.
    ///
    /// An event that may not happen any more changes nothing.
    ///
    /// - Throws: ``StorageError``, with the code `superseded` if another process has taken over: it settles them.
    package func settle(_ settlements: [Settlement], lease: Lease) async throws(StorageError) {
        guard !settlements.isEmpty else { return }
        try await write { db, statements in
            try Self.check(lease, db, statements)
            var digest = SettlementDigest()
            let find = try statements(db, "SELECT state, key, requestHash FROM effect WHERE id = $1")
            let update = try statements(
                db,
                """
                UPDATE effect SET state = $1, status = $2, answer = $3, code = $4, message = $5, settledAt = $6, runID = $7
                WHERE id = $8
                """
            )
            for settlement in settlements {
                find.bind(settlement.effect, 1)
                guard try find.step(), let state = EffectState(rawValue: find.integer(0)) else { continue }
                let (key, requestHash) = (find.text(1) ?? "", find.bytes(2))
                find.reset()
                guard let next = state.after(settlement.event) else { continue }
                digest.add(settlement, key: key, requestHash: requestHash)
                update.bind(next.rawValue, 1)
                update.bind(Int64(settlement.status), 2)
                update.bind(settlement.answer, 3)
                update.bind(settlement.code, 4)
                update.bind(settlement.message, 5)
                update.bind(settlement.at, 6)
                update.bind(lease.run, 7)
                update.bind(settlement.effect, 8)
                try update.run()
            }
            guard let time = settlements.last?.at, !digest.counts.isEmpty else { return }
            let hash = digest.finish()
            try Self.audit(.postsSettled, by: lease, at: time, db, statements) { writer in
                for (event, count) in digest.counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    writer.name(event.rawValue)
                    writer.integer(count)
                }
                writer.member("hash", hash.hexadecimal)
            }
        }
    }
}

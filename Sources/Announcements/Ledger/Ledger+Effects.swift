import Foundation
import GRDB
package import GraphModel
package import Storage

/// A post of an announcement, rendered for its group.
package struct RenderedPost: Sendable {
    package var group: GroupID
    /// The JSON body of `POST /groups/{id}/conversations`.
    package var body: [UInt8]

    package init(group: GroupID, body: [UInt8]) {
        self.group = group
        self.body = body
    }

    /// The request that makes the post, but for who asks and the key.
    var path: String { "/groups/\(group)/conversations" }
}

/// What the ledger makes of a rendered post.
package enum PlanDecision: Sendable, Equatable {
    /// It will be sent.
    case planned
    /// The group has it, with this very content.
    case already
    /// The group has a post of this announcement with other content.
    case changed
    /// An attempt was made to send this very content, and nothing tells how it ended: it is looked for, and sent if it is
    /// not there.
    case unsettled
    /// Nobody knows whether the group has it, and it would be other content.
    case ambiguous
}

extension Ledger {
    /// The number of the announcement with this name, which is made if there is none.
    package func announcement(named name: String, at time: Int64) async throws(StorageError) -> Int64 {
        try await write { db, _ in
            try db.execute(
                sql: "INSERT INTO announcement (name, createdAt) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, time]
            )
            return try Int64.fetchOne(db, sql: "SELECT id FROM announcement WHERE name = ?", arguments: [name]) ?? 0
        }
    }

    /// Stores rendered posts as effects, in one transaction, and says for each what is to become of it.
    ///
    /// A post that is not settled replaces what an earlier run had planned for its group.
    package func plan(
        _ posts: [RenderedPost],
        announcement: Int64,
        named name: String,
        run: String
    ) async throws(StorageError) -> [PlanDecision] {
        try await write { db, statements in
            let insert = try statements(
                db,
                """
                INSERT INTO effect (key, runID, announcementID, target, requestHash, method, path, body, state)
                VALUES ($1, $2, $3, $4, $5, 'POST', $6, $7, 0)
                ON CONFLICT (key) DO NOTHING
                """
            )
            let find = try statements(db, "SELECT id, state, requestHash FROM effect WHERE key = $1")
            let replace = try statements(
                db,
                """
                UPDATE effect SET runID = $1, requestHash = $2, path = $3, body = $4, state = 0, status = NULL, code = NULL,
                    message = NULL, settledAt = NULL
                WHERE id = $5
                """
            )
            return try posts.map { post in
                let key = IdempotencyKey.announcement(name, group: post.group)
                let hash = GraphRequest.hash(.post, post.path, body: post.body)
                insert.bind(key.description, 1)
                insert.bind(run, 2)
                insert.bind(announcement, 3)
                insert.bind(post.group.text, 4)
                insert.bind(hash, 5)
                insert.bind(post.path, 6)
                insert.bind(post.body, 7)
                try insert.run()
                if db.changesCount == 1 { return .planned }

                find.bind(key.description, 1)
                guard try find.step() else { return .planned }
                let id = find.integer(0)
                let state = EffectState(rawValue: find.integer(1)) ?? .ambiguous
                let isSame = find.bytes(2) == hash
                find.reset()
                switch state {
                case .sent, .undone: return isSame ? .already : .changed
                case .ambiguous, .sending: return isSame ? .unsettled : .ambiguous
                case .planned, .failed, .skipped:
                    replace.bind(run, 1)
                    replace.bind(hash, 2)
                    replace.bind(post.path, 3)
                    replace.bind(post.body, 4)
                    replace.bind(id, 5)
                    try replace.run()
                    return .planned
                }
            }
        }
    }

    /// Takes back what a run planned of an announcement and has not sent: a fault was found in its data.
    package func discardPlan(announcement: Int64, run: String) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM effect WHERE announcementID = ? AND runID = ? AND state = 0",
                arguments: [announcement, run]
            )
        }
    }

    /// The effects of an announcement that are planned, or of which nothing tells how an attempt ended, whichever run
    /// planned them last, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - announcement: The announcement's number.
    ///   - last: The number after which to begin.
    ///   - limit: How many at most.
    /// - Returns: The effects; fewer than `limit` only at the end.
    /// - Throws: ``StorageError``.
    package func open(
        announcement: Int64,
        after last: Int64,
        limit: Int
    ) async throws(StorageError) -> [Effect] {
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                """
                SELECT id, target, key, path, body, state, attemptedAt FROM effect
                WHERE id > $1 AND announcementID = $2 AND state IN (0, 1, 4) ORDER BY id LIMIT $3
                """,
                path: path
            )
            select.bind(last, 1)
            select.bind(announcement, 2)
            select.bind(Int64(limit), 3)
            var effects: [Effect] = []
            effects.reserveCapacity(limit)
            while try select.step() {
                guard let target = select.text(1).flatMap({ GroupID($0) }),
                    let key = select.text(2).flatMap(IdempotencyKey.init(description:))
                else { continue }
                effects.append(
                    Effect(
                        id: select.integer(0),
                        target: target,
                        key: key,
                        method: .post,
                        path: select.text(3) ?? "",
                        body: select.bytes(4),
                        state: EffectState(rawValue: select.integer(5)) ?? .ambiguous,
                        attemptedAt: select.isNull(6) ? nil : select.integer(6)
                    )
                )
            }
            return effects
        }
    }

    /// What became of an announcement in some groups: that it was sent, or was refused and why.
    ///
    /// - Returns: The settled ones only.
    /// - Throws: ``StorageError``.
    package func settled(
        announcement: String,
        in groups: Set<GroupID>
    ) async throws(StorageError) -> [(group: GroupID, state: EffectState, code: String?, message: String?)] {
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                "SELECT state, code, message FROM effect WHERE key = $1 AND state IN (2, 3)",
                path: path
            )
            return try groups.sorted().compactMap { group in
                select.bind(IdempotencyKey.announcement(announcement, group: group).description, 1)
                guard try select.step(), let state = EffectState(rawValue: select.integer(0)) else { return nil }
                defer { select.reset() }
                return (group, state, select.text(1), select.text(2))
            }
        }
    }

    /// Records that attempts are about to be made, in one transaction, before the first is: for backends without keys.
    ///
    /// - Parameters:
    ///   - effects: Their numbers.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError``.
    package func begin(_ effects: [Int64], at time: Int64) async throws(StorageError) {
        try await write { db, statements in
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
    package func settle(_ settlements: [Settlement]) async throws(StorageError) {
        guard !settlements.isEmpty else { return }
        try await write { db, statements in
            let find = try statements(db, "SELECT state FROM effect WHERE id = $1")
            let update = try statements(
                db,
                """
                UPDATE effect SET state = $1, status = $2, answer = $3, code = $4, message = $5, settledAt = $6
                WHERE id = $7
                """
            )
            for settlement in settlements {
                find.bind(settlement.effect, 1)
                guard try find.step(), let state = EffectState(rawValue: find.integer(0)) else { continue }
                find.reset()
                guard let next = state.after(settlement.event) else { continue }
                update.bind(next.rawValue, 1)
                update.bind(Int64(settlement.status), 2)
                update.bind(settlement.answer, 3)
                update.bind(settlement.code, 4)
                update.bind(settlement.message, 5)
                update.bind(settlement.at, 6)
                update.bind(settlement.effect, 7)
                try update.run()
            }
        }
    }
}

import Foundation
import GRDB
package import GraphModel
package import Storage

/// Which run sends which of an announcement's effects.
extension Ledger {
    /// A part of an announcement's effects.
    package struct Claim: Sendable {
        /// The effects, in the order of their numbers.
        package var effects: [Effect] = []
        /// The number after which the next claim begins.
        package var last: Int64 = 0
        /// Whether nothing open comes after it.
        package var isLast = false
    }

    /// Claims the next effects of an announcement that are planned, or of which nothing tells how an attempt ended:
    /// until the claim is released nobody else sends them.
    ///
    /// - Parameters:
    ///   - announcement: The announcement's number.
    ///   - lease: By whom they are claimed.
    ///   - last: The number after which to begin.
    ///   - limit: How many at most.
    ///   - ownOnly: Whether only those are claimed that are the lease's run's; else whichever run planned them.
    ///   - time: Microseconds since 1970.
    /// - Returns: The effects that no other run has claimed.
    /// - Throws: ``StorageError``.
    package func claim(
        announcement: Int64,
        lease: Lease,
        after last: Int64,
        limit: Int,
        ownOnly: Bool = false,
        at time: Int64
    ) async throws(StorageError) -> Claim {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try Self.endLost(except: lease, at: time, db, statements)
            let taken = try Self.claims(on: announcement, except: lease, db, statements)
            var claim = Claim(last: last)
            while claim.effects.isEmpty, !claim.isLast {
                let page = try Self.open(
                    announcement: announcement,
                    of: ownOnly ? lease.run : nil,
                    after: claim.last,
                    limit: limit,
                    db,
                    statements
                )
                claim.isLast = page.count < limit
                for effect in page {
                    if taken.contains(where: { $0.contains(effect.id) }) {
                        if claim.effects.isEmpty { continue }
                        claim.isLast = false
                        break
                    }
                    claim.effects.append(effect)
                }
                claim.last = (claim.effects.isEmpty ? page.last?.id : claim.effects.last?.id) ?? claim.last
            }
            if let first = claim.effects.first, let last = claim.effects.last {
                let insert = try statements(
                    db,
                    """
                    INSERT INTO claim (announcementID, leaseID, firstEffect, lastEffect) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (announcementID, leaseID, firstEffect) DO UPDATE SET lastEffect =
                        CASE WHEN lastEffect > excluded.lastEffect THEN lastEffect ELSE excluded.lastEffect END
                    """
                )
                insert.bind(announcement, 1)
                insert.bind(lease.id, 2)
                insert.bind(first.id, 3)
                insert.bind(last.id, 4)
                try insert.run()
            }
            return claim
        }
    }

    private static func claims(
        on announcement: Int64,
        except lease: Lease,
        _ db: Database,
        _ statements: Statements
    ) throws -> [ClosedRange<Int64>] {
        let select = try statements(
            db,
            """
            SELECT firstEffect, lastEffect FROM claim WHERE announcementID = $1 AND leaseID <> $2 AND lastEffect > 0
            """
        )
        select.bind(announcement, 1)
        select.bind(lease.id, 2)
        var ranges: [ClosedRange<Int64>] = []
        while try select.step() { ranges.append(select.integer(0)...max(select.integer(0), select.integer(1))) }
        return ranges
    }

    private static func open(
        announcement: Int64,
        of run: String?,
        after last: Int64,
        limit: Int,
        _ db: Database,
        _ statements: Statements
    ) throws -> [Effect] {
        let select = try statements(
            db,
            """
            SELECT id, target, targetName, key, path, state, attemptedAt, sharedHash, sharedAt, body FROM effect
            WHERE id > $1 AND announcementID = $2 AND state IN (0, 1, 4)\(run == nil ? "" : " AND runID = $3")
            ORDER BY id LIMIT $\(run == nil ? 3 : 4)
            """
        )
        select.bind(last, 1)
        select.bind(announcement, 2)
        if let run { select.bind(run, 3) }
        select.bind(Int64(limit), run == nil ? 3 : 4)
        var effects: [Effect] = []
        effects.reserveCapacity(limit)
        var parts: [[UInt8]: SharedPart] = [:]
        while try select.step() {
            guard let target = select.text(1).flatMap({ GroupID($0) }),
                let key = select.text(3).flatMap(IdempotencyKey.init(description:))
            else { continue }
            var effect = Effect(
                id: select.integer(0),
                target: target,
                targetName: select.text(2),
                key: key,
                method: .post,
                path: select.text(4) ?? "",
                body: select.bytes(9),
                state: EffectState(rawValue: select.integer(5)) ?? .ambiguous,
                attemptedAt: select.isNull(6) ? nil : select.integer(6)
            )
            if !select.isNull(7) {
                let hash = select.bytes(7)
                effect.shared = try parts[hash] ?? Self.shared(hash, db)
                parts[hash] = effect.shared
                effect.shared?.offset = Int(select.integer(8))
            }
            effects.append(effect)
        }
        return effects
    }

    static func shared(_ hash: [UInt8], _ db: Database) throws -> SharedPart? {
        let bytes = try Data.fetchOne(db, sql: "SELECT bytes FROM content WHERE hash = ?", arguments: [Data(hash)])
        return bytes.map { SharedPart(Array($0), hash: hash, at: 0) }
    }

    /// The first groups of an announcement, in the order of its effects, that are among some.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - groups: The groups.
    ///   - announcement: The announcement's number.
    /// - Returns: `count` groups, or all if there are no more.
    /// - Throws: ``StorageError``.
    package func first(
        _ count: Int,
        of groups: Set<GroupID>,
        announcement: Int64
    ) async throws(StorageError) -> Set<GroupID> {
        guard count < groups.count else { return groups }
        let path = path
        return try await read { db in
            let select = try PreparedStatement(
                db,
                "SELECT target FROM effect WHERE announcementID = $1 AND state IN (0, 1, 4) ORDER BY id",
                path: path
            )
            select.bind(announcement, 1)
            var first: Set<GroupID> = []
            while first.count < count, try select.step() {
                if let group = select.text(0).flatMap({ GroupID($0) }), groups.contains(group) { first.insert(group) }
            }
            select.reset()
            return first
        }
    }

    /// Whether any other living run has to do with an announcement.
    package func isContested(announcement: Int64, lease: Lease, at time: Int64) async throws(StorageError) -> Bool {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try Self.endLost(except: lease, at: time, db, statements)
            return try Self.isContested(announcement, by: lease, db, statements)
        }
    }
}

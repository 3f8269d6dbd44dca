import Foundation
import GRDB
import GraphModel
package import Storage

extension Ledger {
    /// Settles posts that were planned and that the backend certainly refuses, without sending them.
    func refuse(
        _ posts: [(post: RenderedPost, refusal: TargetFacts.Refusal)],
        named name: String,
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) {
        let path = path
        let keys = posts.map { $0.post.key(in: name).description }
        let ids = try await read { db in
            let find = try PreparedStatement(db, "SELECT id FROM effect WHERE key = $1", path: path)
            return try keys.map { key in
                find.bind(key, 1)
                defer { find.reset() }
                return try find.step() ? find.integer(0) : 0
            }
        }
        let settlements = zip(ids, posts).map { id, refused in
            Settlement(
                effect: id,
                event: .refuse,
                status: 404,
                code: refused.refusal.code,
                message: refused.refusal.message,
                at: time
            )
        }
        try await settle(settlements, lease: lease)
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

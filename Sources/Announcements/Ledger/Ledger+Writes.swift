import Foundation
import GRDB
package import GraphModel
package import Storage

/// The single writes of a script.
extension Ledger {
    /// Records that a write of a script is about to be sent to a backend without keys.
    ///
    /// - Parameters:
    ///   - request: The write.
    ///   - key: Its key.
    ///   - lease: The right to write for the run that asks for it.
    ///   - time: Microseconds since 1970.
    /// - Returns: The effect's number, and when an earlier attempt was made that nothing has settled; nil if none was. Nil
    ///   in all while another living run has the write under way.
    /// - Throws: ``StorageError``.
    package func begin(
        _ request: GraphRequest,
        key: IdempotencyKey,
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) -> (effect: Int64, attemptedAt: Int64?)? {
        let hash = request.hash
        return try await write { db, statements in
            try Self.check(lease, db, statements)
            let row = try Row.fetchOne(
                db,
                sql: "SELECT id, state, runID, attemptedAt FROM effect WHERE key = ?",
                arguments: [key.description]
            )
            let state = row.flatMap { EffectState(rawValue: $0["state"]) }
            if let row, state == .sending || state == .ambiguous {
                if state == .sending, (row["runID"] as String) != lease.run {
                    try Self.endLost(except: lease, at: time, db, statements)
                    let isHeld = try Bool.fetchOne(
                        db,
                        sql: "SELECT 1 FROM lease WHERE runID = ? AND endedAt IS NULL",
                        arguments: [row["runID"] as String]
                    )
                    if isHeld != nil { return nil }
                }
                try db.execute(
                    sql: "UPDATE effect SET runID = ? WHERE id = ?",
                    arguments: [lease.run, row["id"] as Int64]
                )
                return (row["id"] as Int64, row["attemptedAt"] as Int64? ?? 0)
            }
            try db.execute(
                sql: """
                    INSERT INTO effect (key, runID, requestHash, method, path, body, state, attemptedAt)
                    VALUES (?, ?, ?, ?, ?, ?, 1, ?)
                    ON CONFLICT (key) DO UPDATE SET runID = excluded.runID, requestHash = excluded.requestHash,
                        method = excluded.method, path = excluded.path, body = excluded.body, state = 1,
                        attemptedAt = excluded.attemptedAt
                    WHERE effect.state <> 2
                    """,
                arguments: [
                    key.description, lease.run, Data(hash), request.method.rawValue, request.path, Data(request.body),
                    time,
                ]
            )
            let id = try Int64.fetchOne(db, sql: "SELECT id FROM effect WHERE key = ?", arguments: [key.description])
            return (id ?? 0, nil)
        }
    }

    /// The answer to a write of a script that is settled under its key.
    package func settledAnswer(
        to request: GraphRequest,
        key: IdempotencyKey
    ) async throws(StorageError) -> GraphResponse? {
        let hash = request.hash
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT requestHash, status, answer, location FROM effect WHERE key = ? AND state = ?",
                arguments: [key.description, EffectState.sent.rawValue]
            )
            guard let row, Array(row["requestHash"] as Data) == hash else { return nil }
            var response = GraphResponse(
                status: row["status"],
                headers: [GraphResponse.replayedHeader: "true"],
                body: Array(row["answer"] as Data? ?? Data())
            )
            response.headers["Location"] = row["location"] as String?
            return response
        }
    }

    /// Records a write of a script that the backend has answered.
    package func record(
        _ request: GraphRequest,
        key: IdempotencyKey,
        answer: GraphResponse,
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) {
        let hash = request.hash
        let error = answer.error
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try db.execute(
                sql: """
                    INSERT INTO effect (key, runID, requestHash, method, path, body, state, status, answer, location, code,
                        message, settledAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (key) DO UPDATE SET runID = excluded.runID, requestHash = excluded.requestHash,
                        method = excluded.method, path = excluded.path, body = excluded.body, state = excluded.state,
                        status = excluded.status, answer = excluded.answer, location = excluded.location,
                        code = excluded.code, message = excluded.message, settledAt = excluded.settledAt
                    WHERE effect.state <> 2
                    """,
                arguments: [
                    key.description, lease.run, Data(hash), request.method.rawValue, request.path, Data(request.body),
                    (answer.isSuccess ? EffectState.sent : .failed).rawValue, answer.status, Data(answer.body),
                    answer.headers["Location"], error?.code, error?.message, time,
                ]
            )
            try Self.audit(.writeSettled, of: lease.run, at: time, db, statements) { writer in
                writer.member("method", request.method.rawValue)
                writer.member("path", request.path)
                writer.member("status", answer.status)
                writer.member("isReplayed", answer.isReplayed)
                writer.member("requestHash", hash.hexadecimal)
            }
        }
    }

    /// How many single writes of a run were sent, and how many were refused.
    package func writes(run: String) async throws(StorageError) -> (sent: Int, failed: Int) {
        let row = try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT count(CASE WHEN state = 2 THEN 1 END), count(CASE WHEN state = 3 THEN 1 END)
                    FROM effect WHERE runID = ? AND announcementID IS NULL
                    """,
                arguments: [run]
            ).map { row in [row[0] as Int, row[1] as Int] }
        }
        return (row?[0] ?? 0, row?[1] ?? 0)
    }
}

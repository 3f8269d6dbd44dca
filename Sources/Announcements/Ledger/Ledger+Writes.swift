import Foundation
import GRDB
package import GraphModel
package import Storage

/// What the ledger knows of a script's write without asking the backend.
package enum KnownWrite: Sendable {
    /// It was done, and this was the answer.
    case answered(GraphResponse)
    /// It is not to be done: its key was used for another one, or it was taken back.
    case refused(GraphError)
}

/// The single writes of a script.
extension Ledger {
    /// What a write comes to that is about to be sent to a backend without keys.
    package enum Beginning: Sendable {
        /// It may be sent, under the effect of this number, when it has been looked for if an earlier attempt was made
        /// that nothing has settled.
        case attempt(effect: Int64, attemptedAt: Int64?)
        /// Another living run has it under way.
        case elsewhere
        /// It is settled.
        case known(KnownWrite)
    }

    /// Records that a write of a script is about to be sent to a backend without keys.
    ///
    /// - Parameters:
    ///   - request: The write.
    ///   - key: Its key.
    ///   - lease: The right to write for the run that asks for it.
    ///   - time: Microseconds since 1970.
    /// - Returns: Whether it may be sent.
    /// - Throws: ``StorageError``.
    package func begin(
        _ request: GraphRequest,
        key: IdempotencyKey,
        lease: Lease,
        at time: Int64
    ) async throws(StorageError) -> Beginning {
        let hash = request.hash
        return try await write { db, statements in
            try Self.check(lease, db, statements)
            guard let row = try Self.row(of: key, db), let state = EffectState(rawValue: row["state"]) else {
                try db.execute(
                    sql: """
                        INSERT INTO effect (key, runID, requestHash, method, path, body, state, attemptedAt)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        key.description, lease.run, Data(hash), request.method.rawValue, request.path,
                        Data(request.body), EffectState.planned.after(.begin)?.rawValue, time,
                    ]
                )
                return .attempt(effect: db.lastInsertedRowID, attemptedAt: nil)
            }
            let effect = row["id"] as Int64
            switch WriteRule.verdict(on: state, isSame: Array(row["requestHash"] as Data) == hash) {
            case .answer, .isOther, .isUndone:
                // Another run may have settled it since it was asked for.
                guard let known = Self.known(row, request, key) else { return .elsewhere }
                return .known(known)
            case .look:
                if state == .sending, (row["runID"] as String) != lease.run {
                    try Self.endLost(except: lease, at: time, db, statements)
                    let isHeld = try Bool.fetchOne(
                        db,
                        sql: "SELECT 1 FROM lease WHERE runID = ? AND endedAt IS NULL",
                        arguments: [row["runID"] as String]
                    )
                    if isHeld != nil { return .elsewhere }
                }
                try db.execute(sql: "UPDATE effect SET runID = ? WHERE id = ?", arguments: [lease.run, effect])
                return .attempt(effect: effect, attemptedAt: row["attemptedAt"] as Int64? ?? 0)
            case .send(let next):
                try db.execute(
                    sql: """
                        UPDATE effect SET runID = ?, requestHash = ?, method = ?, path = ?, body = ?, state = ?,
                            attemptedAt = ?, status = NULL, code = NULL, message = NULL, settledAt = NULL
                        WHERE id = ?
                        """,
                    arguments: [
                        lease.run, Data(hash), request.method.rawValue, request.path, Data(request.body), next.rawValue,
                        time, effect,
                    ]
                )
                return .attempt(effect: effect, attemptedAt: nil)
            }
        }
    }

    /// What is known of a write of a script under its key; nil if it may be sent, or has to be looked for.
    package func known(_ request: GraphRequest, key: IdempotencyKey) async throws(StorageError) -> KnownWrite? {
        try await read { db in try Self.row(of: key, db).flatMap { Self.known($0, request, key) } }
    }

    private static func row(of key: IdempotencyKey, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT id, state, runID, requestHash, status, answer, location, attemptedAt, settledAt FROM effect
                WHERE key = ?
                """,
            arguments: [key.description]
        )
    }

    private static func known(_ row: Row, _ request: GraphRequest, _ key: IdempotencyKey) -> KnownWrite? {
        guard let state = EffectState(rawValue: row["state"]) else { return nil }
        let run = row["runID"] as String
        let name = key.text.prefix(160)
        switch WriteRule.verdict(on: state, isSame: Array(row["requestHash"] as Data) == request.hash) {
        case .send, .look: return nil
        case .answer:
            var response = GraphResponse(
                status: row["status"],
                headers: [GraphResponse.replayedHeader: "true"],
                body: Array(row["answer"] as Data? ?? Data())
            )
            response.headers["Location"] = row["location"] as String?
            return .answered(response)
        case .isOther:
            let time = row["settledAt"] as Int64? ?? row["attemptedAt"] as Int64?
            let moment = time.map { " at " + GraphDate(microseconds: $0).text } ?? ""
            return .refused(
                GraphError(
                    422,
                    .keyReused,
                    "The key '\(name)' was used by run \(run)\(moment) for another request; use another key, or repeat "
                        + "that request unchanged."
                )
            )
        case .isUndone:
            return .refused(
                GraphError(
                    409,
                    .keyReused,
                    "What was written under the key '\(name)' was taken back by run \(run), and stays so; use another key "
                        + "to write it anew. Without a key a new run writes it anew."
                )
            )
        }
    }

    /// Records a write of a script that the backend has answered.
    ///
    /// What is settled stays as it is.
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
            let state = try Int64.fetchOne(
                db,
                sql: "SELECT state FROM effect WHERE key = ?",
                arguments: [key.description]
            ).flatMap { EffectState(rawValue: $0) }
            let next = (state ?? .planned).after(answer.isSuccess ? .succeed : .refuse)
            if let next, state != .sent {
                try db.execute(
                    sql: """
                        INSERT INTO effect (key, runID, requestHash, method, path, body, state, status, answer, location,
                            code, message, settledAt)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (key) DO UPDATE SET runID = excluded.runID, requestHash = excluded.requestHash,
                            method = excluded.method, path = excluded.path, body = excluded.body, state = excluded.state,
                            status = excluded.status, answer = excluded.answer, location = excluded.location,
                            code = excluded.code, message = excluded.message, settledAt = excluded.settledAt
                        """,
                    arguments: [
                        key.description, lease.run, Data(hash), request.method.rawValue, request.path,
                        Data(request.body), next.rawValue, answer.status, Data(answer.body), answer.headers["Location"],
                        error?.code, error?.message, time,
                    ]
                )
            }
            try Self.audit(.writeSettled, by: lease, at: time, db, statements) { writer in
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

import Foundation
import GRDB
import GraphModel
package import Storage

extension Ledger {
    /// Records that a run has begun, takes its lease, and keeps the files that resuming it needs, by their paths, in one
    /// transaction.
    ///
    /// - Returns: The right to write for it.
    @discardableResult
    package func begin(_ run: RunRecord, keeping files: [String: [UInt8]] = [:]) async throws(StorageError) -> Lease {
        try await write { db, statements in
            let lease = try Self.insert(run, db, statements)
            for (path, bytes) in files { try Self.keep(bytes, path: path, run: run.id, db, statements) }
            return lease
        }
    }

    /// Records that a run begins and takes its lease, in a transaction that has begun.
    static func insert(_ run: RunRecord, _ db: Database, _ statements: Statements) throws -> Lease {
        try db.execute(
            sql: """
                INSERT INTO run (id, kind, origin, script, scriptHash, arguments, backend, operatorName, grants, state,
                    startedAt)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.id, run.kind.rawValue, run.origin, run.script, run.scriptHash, json(run.arguments), run.backend,
                run.operatorName, run.grants, RunRecord.State.running.rawValue, run.startedAt,
            ]
        )
        try audit(.runBegan, actor: run.operatorName, run: run.id, at: run.startedAt, db, statements) { writer in
            writer.member("kind", run.kind.rawValue)
            if let origin = run.origin { writer.member("origin", origin) }
            writer.member("script", run.script)
            writer.member("scriptHash", run.scriptHash)
            writer.name("arguments")
            writer.array { writer in for argument in run.arguments { writer.string(argument) } }
            writer.member("backend", run.backend)
            writer.member("grants", run.grants)
        }
        return try take(run.id, by: run.operatorName, holder: .current, at: run.startedAt, db)
    }

    /// Records that a run has begun once more, and takes its lease.
    ///
    /// - Parameters:
    ///   - id: The run.
    ///   - operatorName: Who goes on with it.
    ///   - grants: What was granted for that, for a person.
    ///   - time: Microseconds since 1970.
    /// - Returns: The right to write for it; nil and who has it if a living process does.
    /// - Throws: ``StorageError``.
    package func resume(
        _ id: String,
        by operatorName: String,
        grants: String,
        at time: Int64
    ) async throws(StorageError) -> Result<Lease, LeaseHeld> {
        try await write { db, statements in
            do {
                let lease = try Self.take(id, by: operatorName, holder: .current, at: time, db)
                try db.execute(
                    sql: "UPDATE run SET state = 'running', endedAt = NULL, message = NULL WHERE id = ?",
                    arguments: [id]
                )
                try Self.audit(.runResumed, actor: operatorName, run: id, at: time, db, statements) { writer in
                    writer.member("lease", lease.id)
                    writer.member("operator", operatorName)
                    writer.member("grants", grants)
                }
                return .success(lease)
            } catch let held as LeaseHeld {
                return .failure(held)
            }
        }
    }

    /// Records how a run has ended, and gives its lease up.
    ///
    /// - Parameters:
    ///   - lease: The right to write for it.
    ///   - state: How it ended.
    ///   - message: Why it failed, in one sentence, without secrets or bodies.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError``.
    package func end(
        _ lease: Lease,
        _ state: RunRecord.State,
        message: String? = nil,
        at time: Int64
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try db.execute(
                // The clock may have been set back meanwhile; no run ends before it begins.
                sql: """
                    UPDATE run SET state = ?, endedAt = CASE WHEN startedAt > ? THEN startedAt ELSE ? END, message = ?
                    WHERE id = ?
                    """,
                arguments: [state.rawValue, time, time, message, lease.run]
            )
            try Self.audit(.runEnded, by: lease, at: time, db, statements) { writer in
                writer.member("state", state.rawValue)
                if let message { writer.member("message", message) }
            }
            try Self.end(lease.id, at: time, db)
        }
    }

    /// The runs, newest first.
    package func runs(limit: Int) async throws(StorageError) -> [RunRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM run ORDER BY \(Self.beginning) DESC, startedAt DESC, id DESC LIMIT ?",
                arguments: [limit]
            )
            .map(Self.run)
        }
    }

    /// The order in which runs began, in a query: their first lease tells it, whatever the clock showed; of compacted runs,
    /// which are older than all others, only the time does.
    static let beginning = "coalesce((SELECT min(lease.id) FROM lease WHERE lease.runID = run.id), 0)"

    /// The runs whose id begins with `prefix`, newest first; `last` stands for the newest run.
    package func runs(named prefix: String) async throws(StorageError) -> [RunRecord] {
        if prefix == "last" { return try await runs(limit: 1) }
        return try await read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT * FROM run WHERE substr(id, 1, length(?)) = ? ORDER BY \(Self.beginning) DESC, startedAt DESC LIMIT 20",
                arguments: [prefix, prefix]
            ).map(Self.run)
        }
    }

    // MARK: What a run read

    /// Keeps a file that a run has read, so that the run can be resumed with what it saw.
    ///
    /// A content is stored once, however many runs read it; a second reading of the same path by one run keeps the first.
    package func keep(_ bytes: [UInt8], path: String, run: String) async throws(StorageError) {
        try await write { db, statements in try Self.keep(bytes, path: path, run: run, db, statements) }
    }

    static func keep(
        _ bytes: [UInt8],
        path: String,
        run: String,
        _ db: Database,
        _ statements: Statements
    ) throws {
        let hash = SHA256.hash(bytes)
        let content = try statements(db, "INSERT INTO content (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        content.bind(hash, 1)
        // A list of a million groups takes 100 MB.
        try content.run(lending: bytes, 2)
        let input = try statements(
            db,
            "INSERT INTO runInput (runID, path, contentHash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        )
        input.bind(run, 1)
        input.bind(path, 2)
        input.bind(hash, 3)
        try input.run()
    }

    /// A file as a run read it; nil if the run did not read it.
    package func kept(_ path: String, run: String) async throws(StorageError) -> [UInt8]? {
        try await read { db in try Self.kept(path, run: run, db) }
    }

    static func kept(_ path: String, run: String, _ db: Database) throws -> [UInt8]? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT content.bytes FROM runInput JOIN content ON content.hash = runInput.contentHash
                WHERE runInput.runID = ? AND runInput.path = ?
                """,
            arguments: [run, path]
        )
        return row.map { row in Array(row[0] as Data) }
    }

    /// Adds to what a run was told; an entry that is there already stays.
    package func append(_ entries: [JournalEntry], run: String) async throws(StorageError) {
        try await write { db, statements in
            let insert = try statements(
                db,
                "INSERT INTO journal (runID, stream, ordinal, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
            )
            for entry in entries {
                insert.bind(run, 1)
                insert.bind(entry.stream, 2)
                insert.bind(entry.ordinal, 3)
                insert.bind(entry.value, 4)
                try insert.run()
            }
        }
    }

    /// What a run was told, each stream in the order of its ordinals.
    package func journal(run: String) async throws(StorageError) -> [JournalEntry] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT stream, ordinal, value FROM journal WHERE runID = ? ORDER BY stream, ordinal",
                arguments: [run]
            ).map { JournalEntry(stream: $0["stream"], ordinal: $0["ordinal"], value: $0["value"]) }
        }
    }

    // MARK: What came of a run

    /// Records what an announcement of a run came to.
    ///
    /// When the run was resumed, what it sent before counts as sent, not as had already.
    package func record(_ tally: AnnouncementTally, run: String) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: """
                    INSERT INTO tally (\(Self.tallyColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (runID, announcement) DO UPDATE SET
                        targets = excluded.targets, sent = tally.sent + excluded.sent,
                        already = CASE WHEN excluded.already > tally.sent THEN excluded.already - tally.sent ELSE 0 END,
                        changed = excluded.changed, failed = excluded.failed, ambiguous = excluded.ambiguous,
                        skipped = excluded.skipped, excluded = excluded.excluded,
                        duplicates = excluded.duplicates, unsent = excluded.unsent,
                        deliveryTime = tally.deliveryTime + excluded.deliveryTime
                    """,
                arguments: [
                    run, tally.name, tally.targets, tally.sent, tally.already, tally.changed, tally.failed,
                    tally.ambiguous, tally.skipped, tally.excluded, tally.duplicates, tally.unsent, tally.deliveryTime,
                ]
            )
        }
    }

    /// Records what a delivery of an announcement came to, and what there is to say of its targets.
    ///
    /// What one process delivers of a name several times adds up. A process that has resumed the run delivers all of it
    /// again, and what the run sent before counts as sent, not as had already.
    package func record(
        _ tally: AnnouncementTally,
        _ findings: [Finding],
        lease: Lease
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            let known = try Row.fetchOne(
                db,
                sql: "SELECT * FROM tally WHERE runID = ? AND announcement = ?",
                arguments: [lease.run, tally.name]
            )
            let before = known.map(Self.tally)
            let isOurs = known?["leaseID"] == lease.id
            if !isOurs {
                try db.execute(
                    sql: "DELETE FROM finding WHERE runID = ? AND announcement = ?",
                    arguments: [lease.run, tally.name]
                )
            }
            // Of those that had it already, how many had it from an earlier process of the run.
            let carried: Int = isOurs ? known?["carried"] ?? 0 : before?.sent ?? 0
            var sum = tally
            sum.already = max(0, tally.already - carried)
            sum.sent += before?.sent ?? 0
            sum.deliveryTime += before?.deliveryTime ?? 0
            if isOurs, let before { sum.add(before) }
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO tally (\(Self.tallyColumns), leaseID, carried)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    lease.run, sum.name, sum.targets, sum.sent, sum.already, sum.changed, sum.failed, sum.ambiguous,
                    sum.skipped, sum.excluded, sum.duplicates, sum.unsent, sum.deliveryTime, lease.id,
                    max(0, carried - tally.already),
                ]
            )
            try Self.add(findings, run: lease.run, db, statements)
        }
    }

    private static let tallyColumns =
        "runID, announcement, targets, sent, already, changed, failed, ambiguous, skipped, excluded, duplicates, unsent, "
        + "deliveryTime"

    private static func tally(_ row: Row) -> AnnouncementTally {
        var tally = AnnouncementTally(name: row["announcement"])
        tally.targets = row["targets"]
        tally.sent = row["sent"]
        tally.already = row["already"]
        tally.changed = row["changed"]
        tally.failed = row["failed"]
        tally.ambiguous = row["ambiguous"]
        tally.skipped = row["skipped"]
        tally.excluded = row["excluded"]
        tally.duplicates = row["duplicates"]
        tally.unsent = row["unsent"]
        tally.deliveryTime = row["deliveryTime"]
        return tally
    }

    /// What the announcements of a run came to, in the order of their names.
    package func tallies(run: String) async throws(StorageError) -> [AnnouncementTally] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM tally WHERE runID = ? ORDER BY announcement", arguments: [run])
                .map(Self.tally)
        }
    }

    /// Adds findings to a run.
    package func add(_ findings: [Finding], run: String) async throws(StorageError) {
        guard !findings.isEmpty else { return }
        try await write { db, statements in try Self.add(findings, run: run, db, statements) }
    }

    private static func add(_ findings: [Finding], run: String, _ db: Database, _ statements: Statements) throws {
        guard !findings.isEmpty else { return }
        let insert = try statements(
            db,
            """
            INSERT INTO finding (runID, kind, announcement, target, code, message) VALUES ($1, $2, $3, $4, $5, $6)
            """
        )
        for finding in findings {
            insert.bind(run, 1)
            insert.bind(finding.kind.rawValue, 2)
            insert.bind(finding.announcement, 3)
            insert.bind(finding.target, 4)
            insert.bind(finding.code, 5)
            insert.bind(finding.message, 6)
            try insert.run()
        }
    }

    /// Forgets the findings of a run about an announcement, before it is delivered once more.
    package func forgetFindings(run: String, announcement: String) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM finding WHERE runID = ? AND announcement = ?",
                arguments: [run, announcement]
            )
        }
    }

    /// The groups to which a run could not send an announcement, or not for certain, when it was last delivered.
    func refused(run: String, announcement: String) async throws(StorageError) -> Set<GroupID> {
        try await read { db in
            let targets = try String.fetchSet(
                db,
                sql: """
                    SELECT target FROM finding WHERE runID = ? AND announcement = ? AND kind IN ('failed', 'ambiguous')
                    """,
                arguments: [run, announcement]
            )
            return Set(targets.compactMap { GroupID($0) })
        }
    }

    /// What there is to say of a run's targets, in the order in which it was found.
    package func findings(run: String, limit: Int) async throws(StorageError) -> [Finding] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM finding WHERE runID = ? ORDER BY id LIMIT ?",
                arguments: [run, limit]
            ).compactMap { row in
                Finding.Kind(rawValue: row["kind"]).map { kind in
                    Finding(
                        kind: kind,
                        announcement: row["announcement"],
                        target: row["target"],
                        code: row["code"],
                        message: row["message"]
                    )
                }
            }
        }
    }

    private static func json(_ arguments: [String]) -> String {
        let bytes = JSONWriter.bytes { writer in
            writer.array { writer in for argument in arguments { writer.string(argument) } }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func run(_ row: Row) throws -> RunRecord {
        var arguments: [String] = []
        try JSONReader.read((row["arguments"] as String).utf8) { reader in
            try reader.array { reader, _ in arguments.append(try reader.string()) }
        }
        return RunRecord(
            id: row["id"],
            kind: RunRecord.Kind(rawValue: row["kind"]) ?? .run,
            origin: row["origin"],
            script: row["script"],
            scriptHash: row["scriptHash"],
            arguments: arguments,
            backend: row["backend"],
            operatorName: row["operatorName"],
            grants: row["grants"],
            state: RunRecord.State(rawValue: row["state"]) ?? .running,
            startedAt: row["startedAt"],
            endedAt: row["endedAt"],
            message: row["message"]
        )
    }
}

import GRDB
package import Storage

extension Ledger {
    /// Records how a wave of an announcement goes.
    ///
    /// - Parameters:
    ///   - wave: The wave.
    ///   - announcement: The announcement's name.
    ///   - lease: The right to write for the run.
    /// - Throws: ``StorageError``.
    package func record(_ wave: WaveRecord, of announcement: String, lease: Lease) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try db.execute(
                sql: """
                    INSERT INTO wave (runID, announcement, number, targets, sent, already, failed, ambiguous, startedAt,
                        endedAt, verdict)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (runID, announcement, number) DO UPDATE SET targets = excluded.targets,
                        sent = excluded.sent, already = excluded.already, failed = excluded.failed,
                        ambiguous = excluded.ambiguous, endedAt = excluded.endedAt, verdict = excluded.verdict
                    """,
                arguments: [
                    lease.run, announcement, wave.number, wave.targets, wave.sent, wave.already, wave.failed,
                    wave.ambiguous, wave.startedAt, wave.endedAt, wave.verdict,
                ]
            )
        }
    }

    /// The waves of a run's announcement, in their order.
    package func waves(run: String, announcement: String) async throws(StorageError) -> [WaveRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM wave WHERE runID = ? AND announcement = ? ORDER BY number",
                arguments: [run, announcement]
            ).map { row in
                var wave = WaveRecord(number: row["number"], targets: row["targets"], startedAt: row["startedAt"])
                wave.sent = row["sent"]
                wave.already = row["already"]
                wave.failed = row["failed"]
                wave.ambiguous = row["ambiguous"]
                wave.endedAt = row["endedAt"]
                wave.verdict = row["verdict"]
                return wave
            }
        }
    }
}

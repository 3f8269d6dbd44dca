import GRDB
package import Storage

extension Ledger {
    /// Records how a wave of an announcement goes.
    ///
    /// - Parameters:
    ///   - wave: The wave.
    ///   - announcement: The announcement's name.
    ///   - part: Which of the run's deliveries of it, counted from 0.
    ///   - lease: The right to write for the run.
    /// - Throws: ``StorageError``.
    package func record(
        _ wave: WaveRecord,
        of announcement: String,
        part: Int,
        lease: Lease
    ) async throws(StorageError) {
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try db.execute(
                sql: """
                    INSERT INTO wave (runID, announcement, part, number, targets, sent, already, failed, ambiguous, startedAt,
                        endedAt, verdict)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (runID, announcement, part, number) DO UPDATE SET targets = excluded.targets,
                        sent = excluded.sent, already = excluded.already, failed = excluded.failed,
                        ambiguous = excluded.ambiguous, endedAt = excluded.endedAt, verdict = excluded.verdict
                    """,
                arguments: [
                    lease.run, announcement, part, wave.number, wave.targets, wave.sent, wave.already, wave.failed,
                    wave.ambiguous, wave.startedAt, wave.endedAt, wave.verdict,
                ]
            )
        }
    }

    /// Keeps when an announcement of a run may go out, for those who send what it could not.
    ///
    /// One that may at any time, and at once, leaves nothing to keep.
    func keep(_ waves: Waves, of announcement: String, run: String) async throws(StorageError) {
        guard waves.window != nil || waves.grace > .zero else { return }
        try await keep(Array(waves.json.utf8), path: Self.path(ofWaves: announcement), run: run)
    }

    /// When an announcement of a run may go out, and how long is waited before: in one part, whatever parts it had.
    ///
    /// - Parameters:
    ///   - announcement: The announcement's name.
    ///   - run: The run that made it, or one that sent again what that could not.
    /// - Returns: The window and the grace; those of an announcement that goes out at any time and at once if the ledger
    ///   has none.
    /// - Throws: ``StorageError``; ``PlanFault`` if they cannot be read.
    package func timing(of announcement: String, run: String) async throws -> Waves {
        var timing = Waves()
        var seen: Set<String> = []
        var next: String? = run
        while let run = next, seen.insert(run).inserted {
            if let json = try await kept(Self.path(ofWaves: announcement), run: run) {
                let waves = try Waves(json: String(decoding: json, as: UTF8.self))
                timing.window = waves.window
                timing.grace = waves.grace
                return timing
            }
            next = try await read { db in
                try String.fetchOne(
                    db,
                    sql: "SELECT origin FROM run WHERE id = ? AND kind IN ('retry', 'correct', 'undo')",
                    arguments: [run]
                )
            }
        }
        return timing
    }

    /// A path that no file of a script's can have.
    private static func path(ofWaves announcement: String) -> String { "/waves/" + announcement }

    /// The waves of a run's announcement, in their order.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - announcement: The announcement's name.
    ///   - part: Which of the run's deliveries of it, counted from 0; nil for all.
    /// - Returns: The waves.
    /// - Throws: ``StorageError``.
    package func waves(
        run: String,
        announcement: String,
        part: Int? = nil
    ) async throws(StorageError) -> [WaveRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM wave WHERE runID = $1 AND announcement = $2 AND part = coalesce($3, part)
                    ORDER BY part, number
                    """,
                arguments: [run, announcement, part]
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

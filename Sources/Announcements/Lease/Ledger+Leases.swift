import GRDB
package import Storage

/// Leases: which process may write for a run.
extension Ledger {
    /// Says that the holder of a lease lives.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError`` with the code `superseded` if another process has taken over.
    package func renew(_ lease: Lease, at time: Int64) async throws(StorageError) {
        let moment = ContinuousClock.now
        let uptime = Uptime.now
        try await write { db, statements in
            try Self.check(lease, db, statements)
            try db.execute(
                sql: "UPDATE lease SET renewedAt = ?, renewedUptime = ? WHERE id = ?",
                arguments: [time, uptime, lease.id]
            )
        }
        freshness.renew(lease, at: moment)
    }

    /// Sees to it that a lease holds beyond doubt when a write leaves for a backend without keys: a process that slept, or
    /// let the write wait for long, must not send what another has taken over meanwhile and found not done.
    ///
    /// - Parameters:
    ///   - lease: By whom it is sent.
    ///   - time: Microseconds since 1970.
    /// - Throws: ``StorageError``, with the code `superseded` if another process has taken over.
    func assure(_ lease: Lease, at time: Int64) async throws(StorageError) {
        if !freshness.isFresh(lease) { try await renew(lease, at: time) }
    }

    /// Keeps a lease alive while something is done.
    ///
    /// That it could not be renewed is not told: whoever writes next learns it.
    package func keepingAlive<Result>(
        _ lease: Lease,
        now: @escaping @Sendable () -> Int64,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        let heart = Task { [self] in
            while !Task.isCancelled {
                do { try await Task.sleep(for: LeaseRule.renewal) } catch { return }
                do throws(StorageError) {
                    try await renew(lease, at: now())
                } catch {
                    if error.code == .superseded { return }
                }
            }
        }
        defer { heart.cancel() }
        return try await body()
    }

    /// Gives up what a lease has claimed of an announcement, for others to send.
    package func release(announcement: Int64, lease: Lease) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM claim WHERE announcementID = ? AND leaseID = ? AND lastEffect > 0",
                arguments: [announcement, lease.id]
            )
        }
    }

    /// Tells others that a lease has nothing more to do with an announcement.
    package func leave(announcement: Int64, lease: Lease) async throws(StorageError) {
        try await write { db, _ in
            try db.execute(
                sql: "DELETE FROM claim WHERE announcementID = ? AND leaseID = ?",
                arguments: [announcement, lease.id]
            )
            let isAnyoneAtWork =
                try Bool.fetchOne(
                    db,
                    sql: "SELECT EXISTS (SELECT 1 FROM claim WHERE announcementID = ?)",
                    arguments: [announcement]
                ) ?? true
            if !isAnyoneAtWork { try Self.forgetReplaced(announcement, db) }
        }
    }

    // MARK: Inside a transaction

    /// Takes a lease for a run, in the transaction that begins it.
    ///
    /// - Throws: ``LeaseHeld`` if a living process has it.
    static func take(
        _ run: String,
        by operatorName: String,
        holder: ProcessIdentity,
        at time: Int64,
        _ db: Database
    ) throws -> Lease {
        if let row = try Row.fetchOne(
            db,
            sql: "SELECT id, holder, renewedAt, renewedUptime FROM lease WHERE runID = ? AND endedAt IS NULL",
            arguments: [run]
        ) {
            let known = ProcessIdentity(description: row["holder"])
            let last = LeaseRule.Moment(time: row["renewedAt"], uptime: row["renewedUptime"])
            guard known != .current, LeaseRule.isLost(last, now: .now(at: time), holder: known) else {
                throw LeaseHeld(run: run, holder: known.text)
            }
            try end(row["id"], at: time, db)
        }
        try db.execute(
            sql: "INSERT INTO lease (runID, holder, renewedAt, renewedUptime) VALUES (?, ?, ?, ?)",
            arguments: [run, holder.description, time, Uptime.now]
        )
        return Lease(id: db.lastInsertedRowID, run: run, operatorName: operatorName)
    }

    /// Ends the leases whose holders are gone, or silent; what they had claimed is free.
    static func endLost(except lease: Lease, at time: Int64, _ db: Database, _ statements: Statements) throws {
        let select = try statements(
            db,
            "SELECT id, holder, renewedAt, renewedUptime FROM lease WHERE endedAt IS NULL AND id <> $1"
        )
        select.bind(lease.id, 1)
        var lost: [Int64] = []
        while try select.step() {
            let holder = ProcessIdentity(description: select.text(1) ?? "")
            // What this process does itself it need not guess at.
            if holder == .current { continue }
            let last = LeaseRule.Moment(time: select.integer(2), uptime: select.integer(3))
            if LeaseRule.isLost(last, now: .now(at: time), holder: holder) { lost.append(select.integer(0)) }
        }
        for id in lost { try end(id, at: time, db) }
    }

    /// Ends a lease.
    static func end(_ lease: Int64, at time: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE lease SET endedAt = ? WHERE id = ? AND endedAt IS NULL", arguments: [time, lease])
        try db.execute(sql: "DELETE FROM claim WHERE leaseID = ?", arguments: [lease])
    }

    /// Sees to it that a lease still holds, before anything is written under it.
    static func check(_ lease: Lease, _ db: Database, _ statements: Statements) throws {
        let select = try statements(db, "SELECT 1 FROM lease WHERE id = $1 AND endedAt IS NULL")
        select.bind(lease.id, 1)
        guard try select.step() else {
            throw StorageError(
                .superseded,
                "Another process has gone on with the run \(lease.run), since this one was silent for more than "
                    + "\(LeaseRule.span / 1_000_000) s: was the machine asleep? Nothing is lost"
            )
        }
        select.reset()
    }

    /// Whether another lease that holds has to do with an announcement.
    static func isContested(
        _ announcement: Int64,
        by lease: Lease,
        _ db: Database,
        _ statements: Statements
    ) throws -> Bool {
        let select = try statements(db, "SELECT 1 FROM claim WHERE announcementID = $1 AND leaseID <> $2 LIMIT 1")
        select.bind(announcement, 1)
        select.bind(lease.id, 2)
        defer { select.reset() }
        return try select.step()
    }
}

import Files
import Foundation
package import GRDB

/// Opens the SQLite files that Herald keeps: the embedded store and the ledger.
///
/// Every file is in WAL mode with `synchronous = FULL`, so that a committed transaction survives a power cut; foreign
/// keys are enforced, and a locked file is waited for.
package enum StoreFile {
    /// How long a transaction waits for another process to release the file, in seconds.
    package static let busyTimeout = 10.0

    /// The page cache of the writing connection, in KiB, where its file has several large indexes.
    package static let largeCache = 16_384
    /// How many pages of 4 KiB the log holds before they are written to the file.
    private static let checkpointPages = 8192

    /// Opens the file, creating it and its folder if they are missing, and brings its schema up to date.
    ///
    /// Several processes may open the same file at once; one of them migrates it.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - applicationID: The number that tells this kind of file from others (`PRAGMA application_id`).
    ///   - migrator: The schema's history.
    ///   - cache: The page cache of the writing connection, in KiB.
    /// - Returns: Connections to the file.
    /// - Throws: ``StorageError``; a file that is not of this kind, or was written by a newer version, is left untouched.
    package static func open(
        _ path: String,
        applicationID: Int32,
        migrator: DatabaseMigrator,
        cache: Int = largeCache
    ) throws(StorageError) -> DatabasePool {
        ignoreFileSizeSignal()
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try createFolder(folder)
            let lock = try FileLock(path: path + ".lock")
            defer { lock.release() }
            try check(path, applicationID: applicationID, migrator: migrator)
            let pool = try connect(path, cache: cache)
            try pool.writeWithoutTransaction { db in
                if try Int32.fetchOne(db, sql: "PRAGMA application_id") != applicationID {
                    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                }
            }
            try migrator.migrate(pool)
            return pool
        } catch {
            throw StorageError(path: path, error)
        }
    }

    /// Lets a file that may not grow any further fail a write, as a full disk does: by default the system ends the process
    /// (setrlimit(2), `RLIMIT_FSIZE`).
    private static func ignoreFileSizeSignal() { _ = ignoresFileSizeSignal }

    private static let ignoresFileSizeSignal: Bool = {
        signal(SIGXFSZ, SIG_IGN)
        return true
    }()

    /// Opens connections to a file, without a look at what it holds.
    static func connect(_ path: String, cache: Int = largeCache) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration())
        // GRDB sets NORMAL by itself when it turns WAL on, so FULL has to come afterwards.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Keys arrive in no order, so each batch touches pages all over the indexes: with SQLite's small defaults
            // they would be read and written back again and again.
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        }
        return pool
    }

    /// Opens one more connection to a file that is open, for reading only.
    ///
    /// - Throws: GRDB's errors if it cannot be opened.
    package static func connectReading(_ path: String) throws -> DatabaseQueue {
        var configuration = configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func createFolder(_ folder: URL) throws {
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StorageError(.cannotOpen, "\(folder.path): the folder cannot be made; choose another place")
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        return configuration
    }

    /// Looks at a file that exists before anything is written to it: opening alone would turn WAL mode on.
    private static func check(_ path: String, applicationID: Int32, migrator: DatabaseMigrator) throws {
        guard let size = bytes(in: path) else { return }
        guard size > 0 else {
            // A file is never empty once it has a log, which SQLite would throw away.
            if bytes(in: path + "-wal") ?? 0 > 0 { throw StorageError.damaged(path) }
            return
        }
        var configuration = configuration()
        configuration.readonly = true
        do {
            try check(path, configuration, applicationID: applicationID, migrator: migrator)
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            // Whoever made the file was killed before WAL mode was on; what it had begun is taken back first.
            configuration.readonly = false
            try check(path, configuration, applicationID: applicationID, migrator: migrator)
        }
    }

    private static func bytes(in path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }

    private static func check(
        _ path: String,
        _ configuration: Configuration,
        applicationID: Int32,
        migrator: DatabaseMigrator
    ) throws {
        try DatabaseQueue(path: path, configuration: configuration).read { db in
            if let extent = FileExtent(path), extent.isShort,
                try extent.lacksPages || String.fetchOne(db, sql: "PRAGMA integrity_check(1)") != "ok"
            {
                throw StorageError.damaged(path)
            }
            let found = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            guard found == applicationID || (found == 0 && isEmpty) else {
                throw StorageError(.foreign, "\(path): this SQLite database is not Herald's; choose another place")
            }
            if try migrator.hasBeenSuperseded(db) {
                throw StorageError(
                    .newerVersion,
                    "\(path): written by a newer version of Herald; update Herald, or choose another place"
                )
            }
        }
    }
}

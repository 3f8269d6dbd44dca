import Foundation
import GRDB

/// What there is to say of one of Herald's SQLite files, as it is opened by Herald itself.
package struct StoreInspection: Sendable {
    /// What SQLite finds wrong with the file; empty if it is sound.
    package var damages: [String]
    /// Whether a committed transaction survives a power cut: `synchronous` is FULL, in WAL mode.
    package var isDurable: Bool
    /// How many changes its schema has been through.
    package var version: Int
    /// The size of the file in bytes, without what is still in its log.
    package var size: Int
    /// How many bytes are free where it lies; nil if that cannot be told.
    package var free: Int?

    /// Looks at a file that is there and has been opened before.
    ///
    /// - Throws: ``StorageError``.
    package init(path: String) throws(StorageError) {
        do {
            let pool = try StoreFile.connect(path)
            defer { try? pool.close() }
            isDurable = try pool.writeWithoutTransaction { db in
                let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
                let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
                return level == 2 && mode == "wal"
            }
            (damages, version) = try pool.read { db in
                let lines = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
                let version = try Int.fetchOne(db, sql: "SELECT count(*) FROM grdb_migrations") ?? 0
                return (lines.filter { $0 != "ok" }, version)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            size = attributes[.size] as? Int ?? 0
            free = Self.free(at: path)
        } catch {
            throw StorageError(path: path, error)
        }
    }

    /// How many bytes are free where a path lies; nil if that cannot be told.
    package static func free(at path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
    }
}

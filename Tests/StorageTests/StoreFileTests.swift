import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct StoreFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "herald-storage-\(UUID())")
    private var path: String { folder.appending(path: "deep/file.sqlite").path }

    private func migrator(upTo version: Int = 1) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for number in 1...version {
            migrator.registerMigration("\(number)") { db in
                try db.execute(sql: "CREATE TABLE t\(number) (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB)")
            }
        }
        return migrator
    }

    @Test func `what is committed survives a power cut: WAL and synchronous FULL`() throws {
        let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator())
        try pool.writeWithoutTransaction { db in
            try #expect(Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            try #expect(String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            try #expect(Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
            try #expect(Int.fetchOne(db, sql: "PRAGMA busy_timeout") == 10_000)
        }
    }

    @Test func `a file of a newer version is refused and left untouched`() throws {
        try StoreFile.open(path, applicationID: 7, migrator: migrator(upTo: 2)).close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: StorageError.self) {
            try StoreFile.open(path, applicationID: 7, migrator: migrator(upTo: 1))
        }
        #expect(error?.code == .newerVersion)
        try #expect(Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `another program's database is refused`() throws {
        try StoreFile.open(path, applicationID: 8, migrator: migrator()).close()
        let error = #expect(throws: StorageError.self) {
            try StoreFile.open(path, applicationID: 7, migrator: migrator())
        }
        #expect(error?.code == .foreign)
    }

    @Test func `a file that is no database is refused`() throws {
        try FileManager.default.createDirectory(at: folder.appending(path: "deep"), withIntermediateDirectories: true)
        try Data(String(repeating: "This is a letter. ", count: 100).utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StorageError.self) {
            try StoreFile.open(path, applicationID: 7, migrator: migrator())
        }
        #expect(error?.code == .corrupt)
    }

    @Test func `a file whose making was cut off is made anew`() throws {
        // What a kill leaves before WAL mode is on: pages that were written, and the journal that takes them back.
        let source = folder.appending(path: "deep/source.sqlite").path
        try FileManager.default.createDirectory(at: folder.appending(path: "deep"), withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: source)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = 5")
            try db.execute(sql: "BEGIN IMMEDIATE")
            try db.execute(sql: "CREATE TABLE t (bytes BLOB)")
            for _ in 0..<50 { try db.execute(sql: "INSERT INTO t VALUES (randomblob(4000))") }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: source + suffix, toPath: path + suffix)
            }
            try db.execute(sql: "ROLLBACK")
        }
        let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator())
        try #expect(pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t1") } == 0)
    }

    @Test func `a file that lacks its last byte is refused, whatever stands there`() throws {
        let migrator = migrator()
        for rows in stride(from: 20, through: 260, by: 10) {
            let path = folder.appending(path: "\(rows).sqlite").path
            try StoreFile.open(path, applicationID: 7, migrator: migrator).write { db in
                try db.execute(sql: "CREATE UNIQUE INDEX i1 ON t1 (text)")
                for id in 1...rows {
                    // What comes in no order fills the pages of the index unevenly.
                    try db.execute(
                        sql: "INSERT INTO t1 VALUES (?, ? || hex(zeroblob(30)), zeroblob(100))",
                        arguments: [id, id * 7919 % 1000]
                    )
                }
            }
            let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator)
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            try whole.dropLast().write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StorageError.self, "\(rows) rows") {
                try StoreFile.open(path, applicationID: 7, migrator: migrator)
            }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func `a file of which the log has the rest is opened, and has all of it`() throws {
        let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator())
        try pool.write { db in
            for id in 1...100 { try db.execute(sql: "INSERT INTO t1 VALUES (?, 'x', zeroblob(1000))", arguments: [id]) }
        }
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.full) }
        // As a kill in the midst of it leaves them: the log whole, and of the file what had been written.
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for size in [whole.count - 1, whole.count / 2, 4096 * 3 + 7] {
            let copy = folder.appending(path: "\(size).sqlite").path
            try whole.prefix(size).write(to: URL(fileURLWithPath: copy))
            try FileManager.default.copyItem(atPath: path + "-wal", toPath: copy + "-wal")
            let opened = try StoreFile.open(copy, applicationID: 7, migrator: migrator())
            try opened.read { db in
                try #expect(Int.fetchOne(db, sql: "SELECT sum(length(bytes)) FROM t1") == 100_000)
                try #expect(String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            }
            try opened.close()
        }
        try pool.close()
    }

    @Test func `many may open and migrate a new file at once`() async throws {
        let path = path
        let migrator = migrator(upTo: 5)
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator)
                    let tables = try await pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t5") }
                    #expect(tables == 0)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a prepared statement gives back what was bound`() throws {
        let pool = try StoreFile.open(path, applicationID: 7, migrator: migrator())
        try pool.write { db in
            let insert = try PreparedStatement(db, "INSERT INTO t1 VALUES ($1, $2, $3)", path: path)
            for (id, text, bytes) in [(1, "Übung\u{0}x", [0, 255] as [UInt8]), (2, "", [])]
                as [(Int64, String, [UInt8])]
            {
                insert.bind(id, 1)
                insert.bind(text, 2)
                insert.bind(bytes, 3)
                try insert.run()
            }
            insert.bind(3, 1)
            insert.bind(nil as String?, 2)
            insert.bind(nil as [UInt8]?, 3)
            try insert.run()
            insert.bind(3, 1)
            let error = #expect(throws: StorageError.self) { try insert.run() }
            #expect(error?.code == .constraint)

            let select = try PreparedStatement(db, "SELECT id, text, bytes FROM t1 ORDER BY id", path: path)
            try #expect(select.step())
            #expect(select.text(1) == "Übung\u{0}x")
            #expect(select.bytes(2) == [0, 255])
            try #expect(select.step())
            #expect(select.text(1) == "" && !select.isNull(2) && select.bytes(2) == [])
            try #expect(select.step())
            #expect(select.integer(0) == 3 && select.text(1) == nil && select.isNull(2))
            try #expect(!select.step())
        }
    }
}

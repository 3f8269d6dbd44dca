import GRDB
import Testing

@testable import Storage

@Suite struct PreparedStatementTests {
    @Test(arguments: [0, 1, 5_000_000])
    func `bytes that are lent are stored as they are, and are not kept for the next row`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a INTEGER, b BLOB)")
            let insert = try PreparedStatement(db, "INSERT INTO t VALUES ($1, $2)", path: "t")
            for number in [1, 2] {
                insert.bind(Int64(number), 1)
                if number == 1 { try insert.run(lending: bytes, 2) } else { try insert.run() }
            }
            let select = try PreparedStatement(db, "SELECT b FROM t ORDER BY a", path: "t")
            #expect(try select.step() && !select.isNull(0))
            #expect(select.bytes(0) == bytes)
            #expect(try select.step() && select.isNull(0))
        }
    }

    @Test func `bytes that are lent to a row that is refused are not kept either`() throws {
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")
            let insert = try PreparedStatement(db, "INSERT INTO t VALUES ($1, $2)", path: "t")
            insert.bind(1, 1)
            try insert.run(lending: [1], 2)
            insert.bind(1, 1)
            #expect(throws: StorageError.self) { try insert.run(lending: [2], 2) }
            insert.bind(2, 1)
            try insert.run()
            #expect(try Bool.fetchOne(db, sql: "SELECT b IS NULL FROM t WHERE a = 2") == true)
        }
    }
}

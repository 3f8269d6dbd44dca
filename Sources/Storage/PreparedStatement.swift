package import GRDB
import GRDBSQLite

/// A statement that is prepared once and run many times, bound by hand: on hot paths GRDB's own binding costs more than
/// SQLite's work.
///
/// It belongs to the connection that prepared it and is used only inside that connection's `read` or `write`. Write
/// placeholders as `$1`, `$2`, … and let them first appear in ascending order: SQLite numbers them by appearance.
@safe package final class PreparedStatement {
    private let statement: GRDB.Statement
    private let handle: OpaquePointer
    private let path: String

    /// Prepares a statement on a connection; `path` names the file in errors.
    package init(_ db: Database, _ sql: String, path: String) throws {
        Self.assertAscending(sql)
        statement = try db.makeStatement(sql: sql)
        unsafe handle = unsafe statement.sqliteStatement
        self.path = path
    }

    // MARK: Parameters

    /// Binds an integer to `$index`.
    package func bind(_ value: Int64, _ index: Int32) {
        unsafe check(sqlite3_bind_int64(handle, index, value))
    }

    /// Binds a Boolean to `$index`, as 0 or 1.
    package func bind(_ value: Bool, _ index: Int32) {
        bind(value ? 1 : 0, index)
    }

    /// Binds a text, or NULL, to `$index`.
    package func bind(_ value: String?, _ index: Int32) {
        guard var value else { return bindNull(index) }
        value.withUTF8 { text in
            let count = Int32(text.count)
            guard let start = text.baseAddress else {
                unsafe check(sqlite3_bind_text(handle, index, "", 0, Self.transient))
                return
            }
            unsafe start.withMemoryRebound(to: CChar.self, capacity: text.count) { characters in
                unsafe check(sqlite3_bind_text(handle, index, characters, count, Self.transient))
            }
        }
    }

    /// Binds bytes, or NULL, to `$index`.
    package func bind(_ value: [UInt8]?, _ index: Int32) {
        guard let value else { return bindNull(index) }
        unsafe value.withUnsafeBufferPointer { bytes in
            if bytes.isEmpty {
                unsafe check(sqlite3_bind_zeroblob(handle, index, 0))
            } else {
                unsafe check(sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), Self.transient))
            }
        }
    }

    /// Binds NULL to `$index`.
    package func bindNull(_ index: Int32) {
        unsafe check(sqlite3_bind_null(handle, index))
    }

    // MARK: Running

    /// Runs a statement that returns no rows, and makes it ready to be bound again.
    package func run() throws(StorageError) {
        _ = try step()
        reset()
    }

    /// Binds bytes to `$index` where they are, which large ones are worth, and runs a statement that returns no rows; then
    /// it is ready to be bound again, with NULL there.
    package func run(lending value: [UInt8], _ index: Int32) throws(StorageError) {
        // What is bound is read until the statement has run, and outlives a reset.
        defer { bindNull(index) }
        try unsafe value.withUnsafeBufferPointer { bytes throws(StorageError) in
            if bytes.isEmpty {
                unsafe check(sqlite3_bind_zeroblob(handle, index, 0))
            } else {
                unsafe check(sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), nil))
            }
            try run()
        }
    }

    /// Moves to the next row; false when there is none, and then the statement is ready to be bound again.
    package func step() throws(StorageError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            reset()
            return false
        default:
            let connection = unsafe sqlite3_db_handle(handle)
            let extended = unsafe sqlite3_extended_errcode(connection)
            let detail = unsafe String(cString: sqlite3_errmsg(connection))
            reset()
            throw StorageError(path: path, resultCode: extended, detail: detail)
        }
    }

    /// Makes the statement ready to be bound again before its last row was read.
    package func reset() {
        _ = unsafe sqlite3_reset(handle)
    }

    // MARK: Columns of the current row

    /// Whether a column, counted from 0, is NULL.
    package func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// An integer column.
    package func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    /// A text column; nil if it is NULL.
    package func text(_ column: Int32) -> String? {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// A column of bytes; empty if it is NULL.
    package func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    // MARK: Safeguards

    private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func check(_ code: Int32) {
        // A bind fails only when the index is wrong or the statement is in use: both are faults of the caller.
        precondition(code == SQLITE_OK, "sqlite3_bind failed with \(code)")
    }

    private static func assertAscending(_ sql: String) {
        var next = 1
        var rest = sql[...]
        while let dollar = rest.firstIndex(of: "$") {
            let digits = rest[rest.index(after: dollar)...].prefix { $0.isNumber }
            if let number = Int(digits) {
                precondition(number <= next, "parameter $\(number) appears before $\(next) in: \(sql)")
                next = max(next, number + 1)
            }
            rest = rest[rest.index(after: dollar)...]
        }
    }
}

extension Database {
    /// Whether the connection holds on to a state of its file: in a transaction, or by a statement that has not ended
    /// (`sqlite3_txn_state`).
    package var isReading: Bool {
        unsafe sqlite3_txn_state(sqliteConnection, nil) != SQLITE_TXN_NONE
    }
}

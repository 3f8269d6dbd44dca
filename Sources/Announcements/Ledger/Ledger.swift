import GRDB
import GraphModel
package import Storage

/// The durable record of runs and of their effects: what was wanted, what was sent, what came of it.
///
/// It is a file of its own, beside the store that it writes to and separate from it, because the store may as well be
/// a server elsewhere. Every call that returns has been committed.
package final class Ledger: Sendable {
    /// Where the file is.
    package let path: String
    let pool: DatabasePool
    let statements: Statements
    let freshness = LeaseFreshness()

    /// Opens a ledger, creating the file and its folder if they are missing.
    ///
    /// - Throws: ``StorageError``; a ledger written by a newer version of Herald is left untouched.
    package init(path: String) throws(StorageError) {
        self.path = path
        pool = try StoreFile.open(
            path,
            applicationID: LedgerSchema.applicationID,
            migrator: LedgerSchema.migrator,
            // One index alone is not written in order, and nobody needs its pages once everything is planned.
            cache: 6144
        )
        statements = Statements(path: path)
    }

    /// Closes the file; nothing may be asked of the ledger afterwards.
    package func close() throws(StorageError) {
        statements.forget()
        do { try pool.close() } catch { throw StorageError(path: path, error) }
    }

    // Both are shielded from cancellation: a run that is stopped still has to settle what was in flight.

    func write<Value: Sendable>(
        _ body: @Sendable @escaping (Database, Statements) throws -> Value
    ) async throws(StorageError) -> Value {
        let (pool, statements) = (pool, statements)
        do {
            return try await Task { try await pool.write { try body($0, statements) } }.value
        } catch {
            throw StorageError(path: path, error)
        }
    }

    func read<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        let pool = pool
        do {
            return try await Task { try await pool.read { try body($0) } }.value
        } catch {
            throw StorageError(path: path, error)
        }
    }
}

/// The statements of the ledger's writer, each prepared when it is first needed.
///
/// Unchecked because it is used only inside the pool's `write`, which runs one closure at a time on one connection.
final class Statements: @unchecked Sendable {
    private let path: String
    private var prepared: [String: PreparedStatement] = [:]

    init(path: String) {
        self.path = path
    }

    func callAsFunction(_ db: Database, _ sql: String) throws -> PreparedStatement {
        if let statement = prepared[sql] { return statement }
        let statement = try PreparedStatement(db, sql, path: path)
        prepared[sql] = statement
        return statement
    }

    func forget() {
        prepared = [:]
    }
}

import GRDB
import GraphModel
import Storage

/// One connection to the store while a closure of GRDB's lends it, with its statements prepared once.
struct Connection {
    let db: Database
    let statements: StatementCache

    func prepare(_ sql: String) throws -> PreparedStatement {
        try statements.statement(db, sql)
    }
}

/// The statements of one connection, each prepared when it is first needed.
///
/// Unchecked because a cache belongs to one connection and is used only while GRDB lends that.
final class StatementCache: @unchecked Sendable {
    private let path: String
    private var prepared: [String: PreparedStatement] = [:]

    init(path: String) {
        self.path = path
    }

    func statement(_ db: Database, _ sql: String) throws -> PreparedStatement {
        if let statement = prepared[sql] {
            statement.reset()
            return statement
        }
        // The shapes of filters come from outside and are many; the fixed statements are prepared again soon enough.
        if prepared.count >= Self.capacity { forget() }
        let statement = try PreparedStatement(db, sql, path: path)
        prepared[sql] = statement
        return statement
    }

    private static let capacity = 200

    func forget() {
        prepared = [:]
    }
}

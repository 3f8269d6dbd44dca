import GraphModel
import Storage

/// A query over one index for one page, begun behind the item that a token names.
struct ListQuery {
    /// The columns and the table: `SELECT … FROM …`.
    var select: String
    /// Conditions with a `?` for each of ``values``.
    var conditions: [String] = []
    var values: [Filter.Value] = []
    /// The column of the sort key; nil sorts by id alone.
    var key: String?
    var id = "id"
    var isDescending = false

    mutating func require(_ condition: String, _ value: String) {
        conditions.append(condition)
        values.append(.text(value))
    }

    mutating func add(_ filter: Filter) {
        conditions += filter.conditions
        values += filter.values
    }

    /// Runs the query for one page and one item more, which tells whether another page follows.
    func rows<Row>(_ context: OperationContext, page: Page, _ row: (PreparedStatement) throws -> Row) throws -> [Row] {
        var query = self
        let sign = isDescending ? "<" : ">"
        if let token = context.options.token {
            if let key {
                query.conditions.append("(\(key) \(sign) ? OR (\(key) = ? AND \(id) \(sign) ?))")
                query.values += [.integer(token.key), .integer(token.key), .text(token.id)]
            } else {
                query.conditions.append("\(id) \(sign) ?")
                query.values.append(.text(token.id))
            }
        }
        let direction = isDescending ? " DESC" : ""
        let order = (key.map { "\($0)\(direction), " } ?? "") + "\(id)\(direction)"
        var sql = query.select
        if !query.conditions.isEmpty { sql += " WHERE " + query.conditions.joined(separator: " AND ") }
        sql += " ORDER BY \(order) LIMIT ? OFFSET ?"
        query.values += [
            .integer(Int64(page.size + 1)), .integer(context.options.token == nil ? Int64(context.options.skip) : 0),
        ]
        let statement = try context.connection.prepare(Self.numbered(sql))
        Self.bind(query.values, to: statement)
        var rows: [Row] = []
        while try statement.step() { rows.append(try row(statement)) }
        return rows
    }

    /// How many items there are on all pages.
    func count(_ context: OperationContext) throws -> Int {
        var all = select
        if !conditions.isEmpty { all += " WHERE " + conditions.joined(separator: " AND ") }
        let statement = try context.connection.prepare(Self.numbered("SELECT count(*) FROM (\(all)) AS item"))
        Self.bind(values, to: statement)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    private static func bind(_ values: [Filter.Value], to statement: PreparedStatement) {
        for (index, value) in values.enumerated() {
            switch value {
            case .text(let text): statement.bind(text, Int32(index + 1))
            case .integer(let integer): statement.bind(integer, Int32(index + 1))
            }
        }
    }

    /// `?` by `?` to `$1`, `$2`, …: the form that both databases know.
    private static func numbered(_ sql: String) -> String {
        var number = 0
        return sql.split(separator: "?", omittingEmptySubsequences: false).reduce(into: "") { text, part in
            if number > 0 { text += "$\(number)" }
            text += part
            number += 1
        }
    }
}

import Foundation
import GraphModel
import Storage

/// A query over one index for one page, begun behind the item that a token names.
struct ListQuery {
    /// The columns and the table: `SELECT … FROM …`, in which no column's name holds `FROM`.
    var select: String
    /// Conditions with a `?` for each of ``values``.
    var conditions: [String] = []
    var values: [Filter.Value] = []
    /// The column of the sort key, a number; nil sorts by id alone.
    var key: String?
    var id = "id"
    var isDescending = false
    /// What the request asks to be sorted by, instead of ``key``.
    var order: SortOrder?

    mutating func require(_ condition: String, _ value: String) {
        conditions.append(condition)
        values.append(.text(value))
    }

    mutating func add(_ filter: Filter) {
        conditions += filter.conditions
        values += filter.values
    }

    mutating func add(_ search: SearchTerms, in columns: [String: String]) throws(GraphError) {
        let (condition, values) = try search.sql(columns)
        conditions.append(condition)
        self.values += values
    }

    mutating func add(
        _ search: SearchTerms,
        _ kind: SearchTerms.Indexed,
        of group: GroupID
    ) throws(GraphError) {
        let (condition, values) = try search.sql(kind, of: group)
        conditions.append(condition)
        self.values += values
    }

    /// Takes over `$filter` and `$orderby`, for which these properties are there.
    mutating func add(_ options: QueryOptions, _ properties: [Filter.Property]) throws(GraphError) {
        if let filter = options.filter { add(try Filter(filter, properties)) }
        if let text = options.orderBy { order = try SortOrder(text, properties) }
    }

    private var keys: [SortOrder.Key] {
        if let order { return order.keys }
        return key.map { [SortOrder.Key(expression: $0, isText: false, isDescending: isDescending)] } ?? []
    }

    /// Items of equal sort values follow the direction of the last key.
    private var idKey: SortOrder.Key {
        SortOrder.Key(expression: id, isText: true, isDescending: keys.last?.isDescending ?? isDescending)
    }

    /// Runs the query for one page and one item more, which tells whether another page follows.
    ///
    /// - Throws: ``GraphError`` if the request's token belongs to another order.
    func rows<Row>(_ context: OperationContext, page: Page, _ row: (PreparedStatement) throws -> Row) throws -> [Row] {
        var query = self
        if let token = context.options.token { try query.begin(behind: token) }
        let order = (keys + [idKey]).map { $0.expression + ($0.isDescending ? " DESC" : "") }
        let sql = select + query.whereClause + " ORDER BY \(order.joined(separator: ", ")) LIMIT ? OFFSET ?"
        query.values += [
            .integer(Int64(page.size + 1)), .integer(context.options.token == nil ? Int64(context.options.skip) : 0),
        ]
        let statement = try context.connection.prepare(Self.numbered(sql))
        Self.bind(query.values, to: statement)
        var rows: [Row] = []
        while try statement.step() { rows.append(try row(statement)) }
        return rows
    }

    /// The token of the page behind an item, which is read again for what it is sorted by.
    func token(after item: String, _ context: OperationContext) throws -> PageToken {
        guard !keys.isEmpty, let from = select.range(of: "FROM ") else { return PageToken(values: [], id: item) }
        let fields = keys.map(\.expression).joined(separator: ", ")
        let find = try context.connection.prepare("SELECT \(fields) \(select[from.lowerBound...]) WHERE \(id) = $1")
        find.bind(item, 1)
        guard try find.step() else { return PageToken(values: [], id: item) }
        defer { find.reset() }
        let values = keys.enumerated().map { index, key in
            key.isText ? Filter.Value.text(find.text(Int32(index)) ?? "") : .integer(find.integer(Int32(index)))
        }
        return PageToken(values: values, id: item)
    }

    /// How many items there are on all pages.
    func count(_ context: OperationContext) throws -> Int {
        let statement = try context.connection.prepare(
            Self.numbered("SELECT count(*) FROM (\(select + whereClause)) AS item")
        )
        Self.bind(values, to: statement)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    private var whereClause: String {
        conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }

    // `(a > ? OR (a = ? AND (b < ? OR (b = ? AND id > ?))))`, whatever was inserted or deleted meanwhile.
    private mutating func begin(behind token: PageToken) throws(GraphError) {
        let keys = keys
        // Without a sort key the token's values say nothing.
        let isFitting =
            keys.isEmpty
            || token.values.count == keys.count
                && zip(token.values, keys).allSatisfy { value, key in
                    if case .text = value { key.isText } else { !key.isText }
                }
        guard isFitting else {
            throw GraphError(
                400,
                .badRequest,
                "The $skiptoken does not belong to this order; ask for the first page again."
            )
        }
        if let key = keys.first, let value = token.values.first {
            // Follows from what comes next; said by itself, it lets the database begin there in the index.
            conditions.append("\(key.expression) \(key.isDescending ? "<" : ">")= ?")
            values.append(value)
        }
        var condition = ""
        for (key, value) in zip(keys, token.values) {
            condition += "(\(key.expression) \(key.isDescending ? "<" : ">") ? OR (\(key.expression) = ? AND "
            values += [value, value]
        }
        condition += "\(id) \(idKey.isDescending ? "<" : ">") ?"
        values.append(.text(token.id))
        conditions.append(condition + String(repeating: "))", count: keys.count))
    }

    private static func bind(_ values: [Filter.Value], to statement: PreparedStatement) {
        for (index, value) in values.enumerated() {
            switch value {
            case .text(let text): statement.bind(text, Int32(index + 1))
            case .integer(let integer): statement.bind(integer, Int32(index + 1))
            }
        }
    }

    /// `?` by `?` to `$1`, `$2`, ….
    private static func numbered(_ sql: String) -> String {
        var text = ""
        var number = 0
        var rest = sql[...]
        while let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            number += 1
            text += rest[..<mark]
            text += "$\(number)"
            rest = rest[rest.utf8.index(after: mark)...]
        }
        return text + rest
    }
}

import GraphModel

/// A `$filter` compiled to SQL, in which everything that the client wrote is a bound value (reference, section 9).
struct Filter {
    /// A property that may stand in a filter, and the column behind it.
    ///
    /// That of rows is the subquery, whose rows are called `item`, that begins behind `SELECT 1 FROM`.
    typealias Property = FilterProperty<String>

    /// A value to be bound.
    enum Value: Equatable, Sendable {
        case text(String)
        case integer(Int64)
    }

    /// SQL conditions, each with its placeholder written as `?`, in the order of ``values``.
    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []

    /// Compiles a filter.
    ///
    /// - Parameters:
    ///   - text: The filter.
    ///   - properties: What may stand in it.
    /// - Throws: ``GraphError`` that names the position of what is wrong.
    init(_ text: String, _ properties: [Property]) throws(GraphError) {
        let condition = try FilterCondition(text, properties)
        conditions = [sql(condition)]
    }

    // MARK: Logic

    // Every condition is 0 or 1, never NULL, so that NOT and ALL mean what OData means by them.
    private mutating func sql(_ condition: FilterCondition<String>) -> String {
        switch condition {
        case .and(let parts): return "(" + parts.map { sql($0) }.joined(separator: " AND ") + ")"
        case .or(let parts): return "(" + parts.map { sql($0) }.joined(separator: " OR ") + ")"
        case .not(let inner): return "(NOT \(sql(inner)))"
        case .holds(let property): return "(\(property.column) = 1)"
        case .isMissing(let property, let isMissing):
            return "(\(property.column) IS \(isMissing ? "" : "NOT ")NULL)"
        case .compare(let property, let comparison, let literal):
            let column = Self.side(property)
            return compare(column, comparison, bind(literal, property), isNullable: property.isNullable)
        case .compareNumber(let property, let comparison, let number):
            values.append(.integer(number))
            return compare(Self.number(property), comparison, "?", isNullable: true)
        case .isIn(let property, let literals):
            let places = literals.map { bind($0, property) }
            return "coalesce(\(Self.side(property)) IN (\(places.joined(separator: ", "))), 0)"
        case .isNumberIn(let property, let numbers):
            values += numbers.map { .integer($0) }
            let places = numbers.map { _ in "?" }.joined(separator: ", ")
            return "coalesce(\(Self.number(property)) IN (\(places)), 0)"
        case .call(let function, let property, let text): return call(function, property.column, text)
        case .isPropertyID(let property, let head, let name): return isPropertyID(property.column, head, name)
        case .isExtension(let property, let key):
            values.append(.text(key))
            return "(\(property.column) = ?)"
        case .lambda(let quantifier, let property, let body): return lambda(quantifier, property, body)
        }
    }

    private mutating func lambda(
        _ quantifier: FilterExpression.Quantifier,
        _ property: Property,
        _ body: FilterCondition<String>?
    ) -> String {
        let source =
            if case .textList = property.kind {
                "json_each(\(property.column)) AS item WHERE "
            } else {
                property.column + " AND "
            }
        guard let body else { return "EXISTS (SELECT 1 FROM \(source)1)" }
        let condition = sql(body)
        return switch quantifier {
        case .any: "EXISTS (SELECT 1 FROM \(source)\(condition))"
        case .all: "NOT EXISTS (SELECT 1 FROM \(source)NOT \(condition))"
        }
    }

    // MARK: Comparisons

    private func compare(
        _ left: String,
        _ comparison: FilterExpression.Comparison,
        _ right: String,
        isNullable: Bool
    ) -> String {
        let sign: String
        switch comparison {
        case .eq: return "(\(left) IS \(right))"
        case .ne: return "(\(left) IS NOT \(right))"
        case .gt: sign = ">"
        case .ge: sign = ">="
        case .lt: sign = "<"
        case .le: sign = "<="
        }
        let condition = "\(left) \(sign) \(right)"
        return isNullable ? "coalesce(\(condition), 0)" : "(\(condition))"
    }

    /// The longest text for LIKE, in bytes: SQLite's limit for patterns is 50,000, and each may have to be escaped.
    private static let longestPattern = 20_000

    private mutating func call(
        _ function: FilterExpression.TextFunction,
        _ column: String,
        _ text: String
    ) -> String {
        let condition: String
        switch function {
        case .contains:
            values.append(.text(text))
            condition = "instr(lower(\(column)), lower(?)) > 0"
        case .startswith where text.utf8.count <= Self.longestPattern:
            // It takes the same letters for one as lower() does, and makes no texts to compare.
            var pattern = ""
            for scalar in text.unicodeScalars {
                if ["%", "_", "\\"].contains(scalar) { pattern.append("\\") }
                pattern.unicodeScalars.append(scalar)
            }
            values.append(.text(pattern + "%"))
            condition = "\(column) LIKE ? ESCAPE '\\'"
        case .startswith:
            values += [.text(text), .text(text)]
            condition = "substr(lower(\(column)), 1, length(?)) = lower(?)"
        case .endswith:
            values += [.text(text), .text(text), .text(text)]
            condition =
                "length(\(column)) >= length(?) AND substr(lower(\(column)), length(\(column)) - length(?) + 1) = lower(?)"
        }
        return "coalesce(\(condition), 0)"
    }

    /// The column as it is compared.
    private static func side(_ property: Property) -> String {
        if case .text = property.kind { "lower(\(property.column))" } else { property.column }
    }

    /// The column as a number; a text that is no number is neither less nor greater than any.
    private static func number(_ property: Property) -> String {
        let number = "CAST(\(property.column) AS INTEGER)"
        return "CASE WHEN CAST(\(number) AS TEXT) = \(property.column) THEN \(number) END"
    }

    /// Binds a value, and gives the place where it stands.
    private mutating func bind(_ literal: FilterExpression.Literal, _ property: Property) -> String {
        switch literal {
        case .text(let text), .guid(let text):
            if case .guid = property.kind {
                values.append(.text(text.lowercased()))
            } else {
                values.append(.text(text))
            }
            if case .text = property.kind { return "lower(?)" }
        case .integer(let value), .moment(let value): values.append(.integer(value))
        case .boolean(let value): values.append(.integer(value ? 1 : 0))
        case .null: return "NULL"
        }
        return "?"
    }

    private mutating func isPropertyID(_ column: String, _ head: String, _ name: String?) -> String {
        values.append(.text(head))
        guard let name else { return "(lower(\(column)) = lower(?))" }
        values.append(.text(name))
        let length = head.unicodeScalars.count
        return "(lower(substr(\(column), 1, \(length))) = lower(?) AND substr(\(column), \(length + 1)) = ?)"
    }
}

extension FilterProperty<String> {
    /// What the values of a property are.
    enum ColumnKind {
        case text, identifier, guid, moment, boolean, propertyID, extensionName, textList, closed
        case rows([FilterProperty<String>])
    }

    /// A property in a column.
    init(name: String, column: String, kind: ColumnKind, isNullable: Bool = false) {
        let found: Kind =
            switch kind {
            case .text: .text
            case .identifier: .identifier
            case .guid: .guid
            case .moment: .moment
            case .boolean: .boolean
            case .propertyID: .propertyID
            case .extensionName: .extensionName
            case .textList: .textList(element: "item.value")
            case .rows(let rows): .rows(rows)
            case .closed: .closed
            }
        self.init(name: name, place: column, kind: found, isNullable: isNullable)
    }

    var column: String { place }
}

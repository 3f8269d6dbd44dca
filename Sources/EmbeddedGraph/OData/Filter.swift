import Foundation
import GraphModel

/// A `$filter` compiled to SQL, in which everything that the client wrote is a bound value (reference, section 9).
struct Filter {
    /// A property that may stand in a filter, and the column behind it.
    struct Property: Sendable {
        indirect enum Kind: Sendable {
            /// Compared without regard to letter case.
            case text
            /// An id, compared letter by letter.
            case identifier
            /// A GUID, with or without quotation marks.
            case guid
            case moment
            case boolean
            /// The id of an extended property.
            case propertyID
            /// The name of an open extension, plain or qualified.
            case extensionName
            /// A JSON array of texts.
            case textList
            /// The rows of a subquery, called `item`, that begins behind `SELECT 1 FROM`.
            case rows([Property])
            /// The type has it, but nothing can be found by it.
            case closed
        }

        /// As in a path: `from/emailAddress/address`.
        var name: String
        var column: String
        var kind: Kind
        var isNullable = false
    }

    /// A value to be bound.
    enum Value: Equatable, Sendable {
        case text(String)
        case integer(Int64)
    }

    /// SQL conditions, each with its placeholder written as `?`, in the order of ``values``.
    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []

    private let properties: [Property]
    /// The variable of the lambda that is being compiled, and the properties of what it stands for.
    private var scope: (variable: String, properties: [Property])?

    /// Compiles a filter.
    ///
    /// - Parameters:
    ///   - text: The filter.
    ///   - properties: What may stand in it.
    /// - Throws: ``GraphError`` that names the position of what is wrong.
    init(_ text: String, _ properties: [Property]) throws(GraphError) {
        self.properties = properties
        conditions = [try sql(try FilterParser.parse(text))]
    }

    // MARK: Logic

    // Every condition is 0 or 1, never NULL, so that NOT and ALL mean what OData means by them.
    private mutating func sql(_ expression: FilterExpression) throws(GraphError) -> String {
        switch expression {
        case .and(let parts): return try joined(parts, " AND ")
        case .or(let parts): return try joined(parts, " OR ")
        case .not(let inner): return "(NOT \(try sql(inner)))"
        case .holds(let operand):
            let property = try find(operand)
            guard case .boolean = property.kind else {
                throw refusal("'\(operand.path.text.prefix(60))' must be compared with something", operand.path)
            }
            return "(\(property.column) = 1)"
        case .compare(let operand, let comparison, let literal): return try compare(operand, comparison, literal)
        case .isIn(let operand, let literals): return try isIn(operand, literals)
        case .call(let function, let operand, let text): return try call(function, operand, text)
        case .lambda(let quantifier, let path, let variable, let body):
            return try lambda(quantifier, path, variable, body)
        }
    }

    private mutating func joined(_ parts: [FilterExpression], _ sign: String) throws(GraphError) -> String {
        var conditions: [String] = []
        for part in parts { conditions.append(try sql(part)) }
        return "(" + conditions.joined(separator: sign) + ")"
    }

    private mutating func lambda(
        _ quantifier: FilterExpression.Quantifier,
        _ path: FilterExpression.Path,
        _ variable: String?,
        _ body: FilterExpression?
    ) throws(GraphError) -> String {
        guard scope == nil else { throw refusal("a lambda cannot stand within another", path) }
        let property = try find(FilterExpression.Operand(path: path))
        let source: String
        let elements: [Property]
        switch property.kind {
        case .textList:
            source = "json_each(\(property.column)) AS item WHERE "
            elements = [Property(name: "", column: "item.value", kind: .text)]
        case .rows(let properties):
            source = property.column + " AND "
            elements = properties
        default: throw refusal("'\(path.text.prefix(60))' is no collection", path)
        }
        guard let body, let variable else { return "EXISTS (SELECT 1 FROM \(source)1)" }
        scope = (variable.lowercased(), elements)
        defer { scope = nil }
        let condition = try sql(body)
        return switch quantifier {
        case .any: "EXISTS (SELECT 1 FROM \(source)\(condition))"
        case .all: "NOT EXISTS (SELECT 1 FROM \(source)NOT \(condition))"
        }
    }

    // MARK: Comparisons

    private mutating func compare(
        _ operand: FilterExpression.Operand,
        _ comparison: FilterExpression.Comparison,
        _ literal: FilterExpression.Literal
    ) throws(GraphError) -> String {
        let property = try find(operand)
        if literal == .null {
            guard comparison == .eq || comparison == .ne else {
                throw refusal("null is compared by eq or ne", operand.path)
            }
            _ = try comparable(property, operand.path)
            return "(\(property.column) IS \(comparison == .eq ? "" : "NOT ")NULL)"
        }
        if case .propertyID = property.kind {
            guard comparison == .eq, case .text(let id) = literal else {
                throw refusal("the id of an extended property is compared by eq with a text", operand.path)
            }
            return isPropertyID(property.column, id)
        }
        if case .extensionName = property.kind {
            guard comparison == .eq, case .text(let name) = literal else {
                throw refusal("the id of an extension is compared by eq with a text", operand.path)
            }
            values.append(.text(OpenExtension.key(name)))
            return "(\(property.column) = ?)"
        }
        let (left, right) = try sides(property, operand, literal)
        let isOrdered: Bool
        switch property.kind {
        case .text, .moment: isOrdered = true
        default: isOrdered = operand.isNumber
        }
        switch comparison {
        case .eq: return "(\(left) IS \(right))"
        case .ne: return "(\(left) IS NOT \(right))"
        case .gt, .ge, .lt, .le:
            guard isOrdered else { throw refusal("\(property.name) is compared by eq, ne or in", operand.path) }
            let signs: [FilterExpression.Comparison: String] = [.gt: ">", .ge: ">=", .lt: "<", .le: "<="]
            let condition = "\(left) \(signs[comparison] ?? "=") \(right)"
            return property.isNullable || operand.isNumber ? "coalesce(\(condition), 0)" : "(\(condition))"
        }
    }

    private mutating func isIn(
        _ operand: FilterExpression.Operand,
        _ literals: [FilterExpression.Literal]
    ) throws(GraphError) -> String {
        let property = try find(operand)
        var column = ""
        var places: [String] = []
        for literal in literals {
            let (left, right) = try sides(property, operand, literal)
            column = left
            places.append(right)
        }
        return "coalesce(\(column) IN (\(places.joined(separator: ", "))), 0)"
    }

    private mutating func call(
        _ function: FilterExpression.TextFunction,
        _ operand: FilterExpression.Operand,
        _ text: String
    ) throws(GraphError) -> String {
        let property = try find(operand)
        guard case .text = property.kind, !operand.isNumber else {
            throw refusal(
                "\(function.rawValue) works on texts, and '\(operand.path.text.prefix(60))' is none",
                operand.path
            )
        }
        let column = property.column
        let condition: String
        switch function {
        case .contains:
            values.append(.text(text))
            condition = "instr(lower(\(column)), lower(?)) > 0"
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

    /// The two sides of a comparison; the right one is bound.
    private mutating func sides(
        _ property: Property,
        _ operand: FilterExpression.Operand,
        _ literal: FilterExpression.Literal
    ) throws(GraphError) -> (String, String) {
        let expected = try comparable(property, operand.path)
        if operand.isNumber {
            guard case .text = property.kind, case .integer(let value) = literal else {
                throw refusal("cast reads a text as a number, to be compared with a whole number", operand.path)
            }
            values.append(.integer(value))
            let number = "CAST(\(property.column) AS INTEGER)"
            // A text that is no number is neither less nor greater than any.
            return ("CASE WHEN CAST(\(number) AS TEXT) = \(property.column) THEN \(number) END", "?")
        }
        switch (property.kind, literal) {
        case (.text, .text(let text)):
            values.append(.text(text))
            return ("lower(\(property.column))", "lower(?)")
        case (.identifier, .text(let text)):
            values.append(.text(text))
            return (property.column, "?")
        case (.guid, .text(let text)), (.guid, .guid(let text)):
            values.append(.text(text.lowercased()))
            return (property.column, "?")
        case (.moment, .moment(let moment)):
            values.append(.integer(moment))
            return (property.column, "?")
        case (.boolean, .boolean(let value)):
            values.append(.integer(value ? 1 : 0))
            return (property.column, "?")
        default: throw refusal("'\(operand.path.text.prefix(60))' is compared with \(expected)", operand.path)
        }
    }

    /// What a property is compared with, in words.
    private func comparable(_ property: Property, _ path: FilterExpression.Path) throws(GraphError) -> String {
        switch property.kind {
        case .text, .identifier: return "a text in single quotes"
        case .guid: return "a GUID"
        case .moment: return "a moment such as 2026-01-15T08:30:00Z, without quotes"
        case .boolean: return "true or false"
        case .propertyID, .extensionName: return "a text in single quotes, by eq"
        case .textList, .rows: throw refusal("'\(path.text.prefix(60))' is a collection; use any or all", path)
        case .closed: throw restriction(path)
        }
    }

    // The type, the GUID and the tag of an id are compared without regard to letter case, the name with it.
    private mutating func isPropertyID(_ column: String, _ id: String) -> String {
        guard let name = id.range(of: " Name ", options: .caseInsensitive) else {
            values.append(.text(id))
            return "(lower(\(column)) = lower(?))"
        }
        let head = String(id[..<name.upperBound])
        let tail = String(id[name.upperBound...])
        let length = head.unicodeScalars.count
        values += [.text(head), .text(tail)]
        return "(lower(substr(\(column), 1, \(length))) = lower(?) AND substr(\(column), \(length + 1)) = ?)"
    }

    // MARK: Names

    private func find(_ operand: FilterExpression.Operand) throws(GraphError) -> Property {
        let path = operand.path
        if let scope, path.names[0].lowercased() == scope.variable {
            let name = path.names.dropFirst().joined(separator: "/").lowercased()
            if let found = scope.properties.first(where: { $0.name.lowercased() == name }) { return found }
        } else if let found = properties.first(where: { $0.name.lowercased() == path.text.lowercased() }) {
            if case .closed = found.kind { throw restriction(path) }
            return found
        }
        let names = properties.filter { if case .closed = $0.kind { false } else { true } }.map(\.name)
        throw refusal(
            "'\(path.text.prefix(60))' cannot be filtered by; what can: \(names.joined(separator: ", "))",
            path
        )
    }

    private func refusal(_ reason: String, _ path: FilterExpression.Path) -> GraphError {
        FilterLexer.refusal(reason, path.position)
    }

    private func restriction(_ path: FilterExpression.Path) -> GraphError {
        GraphError(
            400,
            .invalidRestriction,
            "The property can not be used with this type of restriction: '\(path.text.prefix(60))' (at position "
                + "\(path.position))."
        )
    }
}

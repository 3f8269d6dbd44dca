import Foundation

/// Finds the properties that a filter names, and refuses what cannot be asked of them.
struct FilterResolver<Place: Sendable> {
    private let properties: [FilterProperty<Place>]
    /// The variable of the lambda that is being read, and the properties of what it stands for.
    private var scope: (variable: String, properties: [FilterProperty<Place>])?

    init(_ properties: [FilterProperty<Place>]) {
        self.properties = properties
    }

    // MARK: Logic

    mutating func resolve(_ expression: FilterExpression) throws(GraphError) -> FilterCondition<Place> {
        switch expression {
        case .and(let parts): return .and(try resolve(parts))
        case .or(let parts): return .or(try resolve(parts))
        case .not(let inner): return .not(try resolve(inner))
        case .holds(let operand):
            let property = try find(operand)
            guard case .boolean = property.kind else {
                throw refusal("'\(operand.path.text.prefix(60))' must be compared with something", operand.path)
            }
            return .holds(property)
        case .compare(let operand, let comparison, let literal): return try compare(operand, comparison, literal)
        case .isIn(let operand, let literals): return try isIn(operand, literals)
        case .call(let function, let operand, let text):
            let property = try find(operand)
            guard case .text = property.kind, !operand.isNumber else {
                throw refusal(
                    "\(function.rawValue) works on texts, and '\(operand.path.text.prefix(60))' is none",
                    operand.path
                )
            }
            return .call(function, property, text)
        case .lambda(let quantifier, let path, let variable, let body):
            return try lambda(quantifier, path, variable, body)
        }
    }

    private mutating func resolve(_ parts: [FilterExpression]) throws(GraphError) -> [FilterCondition<Place>] {
        var conditions: [FilterCondition<Place>] = []
        for part in parts { conditions.append(try resolve(part)) }
        return conditions
    }

    private mutating func lambda(
        _ quantifier: FilterExpression.Quantifier,
        _ path: FilterExpression.Path,
        _ variable: String?,
        _ body: FilterExpression?
    ) throws(GraphError) -> FilterCondition<Place> {
        guard scope == nil else { throw refusal("a lambda cannot stand within another", path) }
        let property = try find(FilterExpression.Operand(path: path))
        let elements: [FilterProperty<Place>]
        switch property.kind {
        case .textList(let element): elements = [FilterProperty(name: "", place: element, kind: .text)]
        case .rows(let properties): elements = properties
        default: throw refusal("'\(path.text.prefix(60))' is no collection", path)
        }
        guard let body, let variable else { return .lambda(quantifier, property, nil) }
        scope = (variable.lowercased(), elements)
        defer { scope = nil }
        return .lambda(quantifier, property, try resolve(body))
    }

    // MARK: Comparisons

    private func compare(
        _ operand: FilterExpression.Operand,
        _ comparison: FilterExpression.Comparison,
        _ literal: FilterExpression.Literal
    ) throws(GraphError) -> FilterCondition<Place> {
        let property = try find(operand)
        if literal == .null {
            guard comparison == .eq || comparison == .ne else {
                throw refusal("null is compared by eq or ne", operand.path)
            }
            _ = try comparable(property, operand.path)
            return .isMissing(property, comparison == .eq)
        }
        switch property.kind {
        case .propertyID:
            guard comparison == .eq, case .text(let id) = literal else {
                throw refusal("the id of an extended property is compared by eq with a text", operand.path)
            }
            guard let name = id.range(of: " Name ", options: .caseInsensitive) else {
                return .isPropertyID(property, head: id, name: nil)
            }
            return .isPropertyID(property, head: String(id[..<name.upperBound]), name: String(id[name.upperBound...]))
        case .extensionName:
            guard comparison == .eq, case .text(let name) = literal else {
                throw refusal("the id of an extension is compared by eq with a text", operand.path)
            }
            return .isExtension(property, key: OpenExtension.key(name))
        default: break
        }
        let number = try check(property, operand, literal)
        let isOrdered =
            switch property.kind {
            case .text, .moment: true
            default: operand.isNumber
            }
        guard isOrdered || comparison == .eq || comparison == .ne else {
            throw refusal("\(property.name) is compared by eq, ne or in", operand.path)
        }
        if let number { return .compareNumber(property, comparison, number) }
        return .compare(property, comparison, literal)
    }

    private func isIn(
        _ operand: FilterExpression.Operand,
        _ literals: [FilterExpression.Literal]
    ) throws(GraphError) -> FilterCondition<Place> {
        let property = try find(operand)
        var numbers: [Int64] = []
        for literal in literals {
            if let number = try check(property, operand, literal) { numbers.append(number) }
        }
        return operand.isNumber ? .isNumberIn(property, numbers) : .isIn(property, literals)
    }

    /// Whether a value is of the kind that a property is compared with; the number, if the property is read as one.
    private func check(
        _ property: FilterProperty<Place>,
        _ operand: FilterExpression.Operand,
        _ literal: FilterExpression.Literal
    ) throws(GraphError) -> Int64? {
        let expected = try comparable(property, operand.path)
        if operand.isNumber {
            guard case .text = property.kind, case .integer(let value) = literal else {
                throw refusal("cast reads a text as a number, to be compared with a whole number", operand.path)
            }
            return value
        }
        switch (property.kind, literal) {
        case (.text, .text), (.identifier, .text), (.guid, .text), (.guid, .guid), (.moment, .moment),
            (.boolean, .boolean):
            return nil
        default: throw refusal("'\(operand.path.text.prefix(60))' is compared with \(expected)", operand.path)
        }
    }

    /// What a property is compared with, in words.
    private func comparable(
        _ property: FilterProperty<Place>,
        _ path: FilterExpression.Path
    ) throws(GraphError) -> String {
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

    // MARK: Names

    private func find(_ operand: FilterExpression.Operand) throws(GraphError) -> FilterProperty<Place> {
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

package import GraphModel

// A `$filter` carried out on objects as answers give them, with the meaning that it has in the embedded store.
//
// One thing cannot be the same: answers give moments to the second, and the store compares them as exactly as it keeps
// them.

extension FilterCondition<JSONPlace> {
    /// Whether an item is as the filter asks.
    package func holds(for item: JSONValue) -> Bool { holds(for: item, element: nil) }

    private func holds(for item: JSONValue, element: JSONValue?) -> Bool {
        func value(_ property: FilterProperty<JSONPlace>) -> JSONValue? {
            property.place.value(in: item, element: element)
        }
        switch self {
        case .and(let parts): return parts.allSatisfy { $0.holds(for: item, element: element) }
        case .or(let parts): return parts.contains { $0.holds(for: item, element: element) }
        case .not(let inner): return !inner.holds(for: item, element: element)
        case .holds(let property): return value(property) == .boolean(true)
        case .isMissing(let property, let isMissing): return (value(property) == nil) == isMissing
        case .compare(let property, let comparison, let literal):
            return Self.compare(value(property), comparison, literal, property)
        case .compareNumber(let property, let comparison, let number):
            return comparison.holds(value(property)?.string.flatMap(Self.number), number)
        case .isIn(let property, let literals):
            return literals.contains { Self.compare(value(property), .eq, $0, property) }
        case .isNumberIn(let property, let numbers):
            return value(property)?.string.flatMap(Self.number).map(numbers.contains) ?? false
        case .call(let function, let property, let text):
            guard let found = value(property)?.string else { return false }
            let (whole, sought) = (FoldedText(found), FoldedText(text))
            return switch function {
            case .contains: whole.contains(sought)
            case .startswith: whole.starts(with: sought)
            case .endswith: whole.ends(with: sought)
            }
        case .isPropertyID(let property, let head, let name):
            guard let id = value(property)?.string else { return false }
            guard let name else { return FoldedText(id) == FoldedText(head) }
            let cut = id.utf8.index(id.utf8.startIndex, offsetBy: head.utf8.count, limitedBy: id.utf8.endIndex)
            guard let cut else { return false }
            return FoldedText(String(id[..<cut])) == FoldedText(head) && id[cut...].utf8.elementsEqual(name.utf8)
        case .isExtension(let property, let key):
            return value(property)?.string.map { OpenExtension.key($0) == key } ?? false
        case .lambda(let quantifier, let property, let body):
            let elements = value(property)?.elements ?? []
            guard let body else { return !elements.isEmpty }
            return switch quantifier {
            case .any: elements.contains { body.holds(for: item, element: $0) }
            case .all: elements.allSatisfy { body.holds(for: item, element: $0) }
            }
        }
    }

    private static func compare(
        _ value: JSONValue?,
        _ comparison: FilterExpression.Comparison,
        _ literal: FilterExpression.Literal,
        _ property: FilterProperty<JSONPlace>
    ) -> Bool {
        switch literal {
        case .text(let text), .guid(let text):
            let found = value?.string
            if case .text = property.kind { return comparison.holds(found.map(FoldedText.init), FoldedText(text)) }
            if case .guid = property.kind { return comparison.holds(found?.lowercased(), text.lowercased()) }
            return comparison.holds(found.map { Array($0.utf8) }?.elementsEqual(text.utf8), true)
        case .moment(let moment): return comparison.holds(value?.string.flatMap { GraphDate($0)?.microseconds }, moment)
        case .boolean(let expected):
            guard case .boolean(let found)? = value else { return comparison == .ne }
            return (found == expected) == (comparison == .eq)
        case .integer, .null: return false
        }
    }

    /// A text as a whole number, if it is written as one.
    private static func number(_ text: String) -> Int64? {
        Int64(text).flatMap { String($0) == text ? $0 : nil }
    }
}

extension FilterExpression.Comparison {
    /// Whether a value that may be missing compares so; what is missing is only unequal.
    fileprivate func holds<Value: Equatable>(_ left: Value?, _ right: Value) -> Bool {
        switch self {
        case .eq: left == right
        case .ne: left != right
        case .gt, .ge, .lt, .le: false
        }
    }

    fileprivate func holds<Value: Comparable>(_ left: Value?, _ right: Value) -> Bool {
        switch self {
        case .eq: left == right
        case .ne: left != right
        case .gt: left.map { $0 > right } ?? false
        case .ge: left.map { $0 >= right } ?? false
        case .lt: left.map { $0 < right } ?? false
        case .le: left.map { $0 <= right } ?? false
        }
    }
}

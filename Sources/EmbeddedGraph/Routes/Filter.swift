import GraphModel

/// The part of `$filter` that the embedded store compiles to SQL: comparisons joined by `and`.
struct Filter {
    /// A property that may stand in a comparison, and the column behind it.
    struct Property: Sendable {
        enum Kind: Sendable { case text, moment, boolean, textList }
        var name: String
        var column: String
        var kind: Kind
    }

    /// A value to be bound.
    enum Value: Equatable {
        case text(String)
        case integer(Int64)
    }

    /// SQL conditions, each with its placeholder written as `?`, in the order of ``values``.
    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []

    init() {}

    /// How many comparisons a filter may join; SQLite refuses expressions nested much deeper than 1,000.
    private static let maximumComparisons = 100

    /// Compiles a filter.
    ///
    /// - Throws: ``GraphError`` that says what is supported.
    init(_ text: String, _ properties: [Property]) throws(GraphError) {
        let clauses = Self.clauses(text)
        guard clauses.count <= Self.maximumComparisons else {
            throw Self.refusal("it has \(clauses.count) comparisons; \(Self.maximumComparisons) are allowed")
        }
        for clause in clauses {
            try add(clause, properties)
        }
    }

    private mutating func add(_ clause: String, _ properties: [Property]) throws(GraphError) {
        func property(_ name: Substring) throws(GraphError) -> Property {
            guard let found = properties.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                let names = properties.map(\.name).joined(separator: ", ")
                throw Self.refusal("'\(name)' cannot be filtered by; what can: \(names)")
            }
            return found
        }
        if let match = clause.wholeMatch(of: #/startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)/#.ignoresCase()) {
            let found = try property(match.1)
            guard found.kind == .text else { throw Self.refusal("startswith works on text") }
            let prefix = String(match.2).replacing("''", with: "'")
            conditions.append("lower(substr(\(found.column), 1, length(?))) = lower(?)")
            values += [.text(prefix), .text(prefix)]
        } else if let match = clause.wholeMatch(
            of: #/(\w+)\/any\(\s*(\w+)\s*:\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*\)/#.ignoresCase()
        ) {
            let found = try property(match.1)
            guard found.kind == .textList, match.2 == match.3 else { throw Self.refusal("any works on lists of text") }
            // The column is a JSON array of texts; the quotation marks keep one name from being found in another.
            conditions.append("\(found.column) LIKE ? ESCAPE '!'")
            let text = String(match.4).replacing("''", with: "'").replacing("!", with: "!!").replacing("%", with: "!%")
                .replacing("_", with: "!_")
            values.append(.text("%\"\(text)\"%"))
        } else if let match = clause.wholeMatch(of: #/(\w+)\s+(eq|ne|lt|le|gt|ge)\s+(.+)/#.ignoresCase()) {
            let found = try property(match.1)
            let operators = ["eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="]
            let sign = operators[match.2.lowercased()] ?? "="
            let literal = String(match.3)
            switch found.kind {
            case .text:
                guard let text = Self.text(literal), sign == "=" || sign == "<>" else {
                    throw Self.refusal("\(found.name) is compared by eq or ne with a text in single quotes")
                }
                // A property without a value differs from every text.
                let compare = sign == "=" ? "=" : "IS DISTINCT FROM"
                conditions.append("lower(\(found.column)) \(compare) lower(?)")
                values.append(.text(text))
            case .moment:
                guard let date = GraphDate(literal) else {
                    throw Self.refusal(
                        "\(found.name) is compared with a moment, as in 2026-01-15T08:30:00Z, without quotes"
                    )
                }
                conditions.append("\(found.column) \(sign) ?")
                values.append(.integer(date.microseconds))
            case .boolean:
                guard ["true", "false"].contains(literal.lowercased()), sign == "=" || sign == "<>" else {
                    throw Self.refusal("\(found.name) is compared by eq or ne with true or false")
                }
                conditions.append("\(found.column) \(sign) ?")
                values.append(.integer(literal.lowercased() == "true" ? 1 : 0))
            case .textList: throw Self.refusal("\(found.name) is a list; use \(found.name)/any(x:x eq '…')")
            }
        } else {
            throw Self.refusal(
                "'\(clause.prefix(80))' is none of name eq 'value', startswith(name,'value'), name/any(x:x eq 'value')"
            )
        }
    }

    private static func text(_ literal: String) -> String? {
        // A quotation mark inside is written twice; a single one ends the text, and what follows is not understood.
        literal.wholeMatch(of: #/'((?:[^']|'')*)'/#).map { String($0.1).replacing("''", with: "'") }
    }

    private static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .badRequest, "Invalid filter clause: \(reason).")
    }

    /// Splits at `and`, but not inside a text in quotes.
    private static func clauses(_ text: String) -> [String] {
        var clauses: [String] = []
        var current = ""
        var isQuoted = false
        var rest = text[...]
        while let character = rest.first {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted, rest.prefix(5).lowercased() == " and " {
                clauses.append(current)
                current = ""
                rest = rest.dropFirst(5)
                continue
            }
            current.append(character)
            rest = rest.dropFirst()
        }
        clauses.append(current)
        return clauses.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
}

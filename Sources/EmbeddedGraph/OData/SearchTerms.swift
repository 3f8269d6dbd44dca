import GraphModel

/// A `$search`: words that must be found, each in one property or in any that is searched (reference, section 9).
///
/// A word is found where a word begins with it, without regard to letter case: `"displayName:sal"` finds "West Sales".
struct SearchTerms {
    private indirect enum Expression {
        case words([String], in: String?)
        case and([Expression])
        case or([Expression])
        case not(Expression)
    }

    private let expression: Expression

    /// The most words of one search.
    static let maximumWords = 50

    /// Reads a search: `"displayName:sales team" AND NOT "description:old"`, or words without quotation marks.
    ///
    /// - Throws: ``GraphError`` if there is nothing to search for, or a quotation mark or an operand is missing.
    init(_ text: String) throws(GraphError) {
        var clauses = try Self.clauses(text)
        var alternatives: [Expression] = []
        var parts: [Expression] = []
        var words = 0
        var mustFollow = true
        var isNegative = false
        while let clause = clauses.popLast() {
            switch clause {
            case .word("AND"), .word("OR"):
                guard !mustFollow else { throw Self.refusal("a word is missing before AND or OR") }
                if case .word("OR") = clause {
                    alternatives.append(.and(parts))
                    parts = []
                }
                mustFollow = true
            case .word("NOT") where !isNegative:
                isNegative = true
                mustFollow = true
            case .word(let text), .phrase(let text):
                let term = Self.term(text)
                guard !term.words.isEmpty else { throw Self.refusal("'\(text.prefix(60))' holds no word") }
                words += term.words.count
                let expression = Expression.words(term.words, in: term.property)
                parts.append(isNegative ? .not(expression) : expression)
                isNegative = false
                mustFollow = false
            }
        }
        guard !mustFollow else { throw Self.refusal("a word is missing at its end") }
        guard words <= Self.maximumWords else { throw Self.refusal("it has more than \(Self.maximumWords) words") }
        expression = .or(alternatives + [.and(parts)])
    }

    /// The condition, and the values for its placeholders.
    ///
    /// - Parameter columns: The column of each property that is searched.
    /// - Returns: SQL, and what is bound in it.
    /// - Throws: ``GraphError`` for a property that is not among them.
    func sql(_ columns: [String: String]) throws(GraphError) -> (String, [Filter.Value]) {
        try sql(properties: columns.keys.sorted()) { words, properties in
            // All words are found in one property.
            var values: [Filter.Value] = []
            let conditions = properties.map { property in
                "("
                    + words.map { word in
                        values.append(.text(Self.pattern(word)))
                        return Self.begins(columns[property] ?? "")
                    }.joined(separator: " AND ") + ")"
            }
            return ("(" + conditions.joined(separator: " OR ") + ")", values)
        }
    }

    /// The condition, and the values for its placeholders, where it is told how words are found.
    ///
    /// - Parameters:
    ///   - properties: What can be searched.
    ///   - find: The condition that all of some words are found in one of some properties.
    /// - Returns: SQL, and what is bound in it.
    /// - Throws: ``GraphError`` for a property that is not among them.
    func sql(
        properties: [String],
        _ find: (_ words: [String], _ properties: [String]) -> (String, [Filter.Value])
    ) throws(GraphError) -> (String, [Filter.Value]) {
        var values: [Filter.Value] = []
        return (try Self.sql(expression, properties, find, &values), values)
    }

    private static func sql(
        _ expression: Expression,
        _ properties: [String],
        _ find: ([String], [String]) -> (String, [Filter.Value]),
        _ values: inout [Filter.Value]
    ) throws(GraphError) -> String {
        switch expression {
        case .and(let parts), .or(let parts):
            var conditions: [String] = []
            for part in parts { conditions.append(try sql(part, properties, find, &values)) }
            // What stands alone is left alone, so that the database sees it.
            if conditions.count == 1 { return conditions[0] }
            if case .and = expression { return "(" + conditions.joined(separator: " AND ") + ")" }
            return "(" + conditions.joined(separator: " OR ") + ")"
        case .not(let inner): return "(NOT \(try sql(inner, properties, find, &values)))"
        case .words(let words, let property):
            var searched = properties
            if let property {
                guard let found = properties.first(where: { $0.lowercased() == property.lowercased() }) else {
                    let names = properties.joined(separator: ", ")
                    throw refusal("'\(property.prefix(60))' cannot be searched; what can: \(names)")
                }
                searched = [found]
            }
            let (condition, more) = find(words, searched)
            values += more
            return condition
        }
    }

    /// Whether a column has a word that begins with what is bound: a space stands for the mark before its first one.
    private static func begins(_ column: String) -> String {
        "(' ' || lower(coalesce(\(column), ''))) GLOB lower(?)"
    }

    /// A pattern for GLOB; a word holds none of the characters that mean something there, as they are marks.
    private static func pattern(_ word: String) -> String {
        "*[]\(String(decoding: marks.filter { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "-") }, as: UTF8.self)) -]\(word)*"
    }

    // What stands between words; no word holds any of them.
    private static let marks: [UInt8] = Array("\t\n\r!\"#&'()*+,-./:;<=>?@[]_{|}~".utf8)

    // MARK: Reading

    private enum Clause {
        case word(String)
        case phrase(String)
    }

    /// The words and phrases, the last first.
    private static func clauses(_ text: String) throws(GraphError) -> [Clause] {
        guard text.utf8.count <= 4096, !text.utf8.contains(0) else {
            throw refusal("it is longer than 4096 bytes, or holds the character NUL")
        }
        var clauses: [Clause] = []
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { throw refusal("a quotation mark is missing") }
        for (index, part) in parts.enumerated() {
            if index.isMultiple(of: 2) {
                clauses += part.split(separator: " ").map { .word(String($0)) }
            } else {
                clauses.append(.phrase(String(part)))
            }
        }
        guard !clauses.isEmpty else { throw refusal("there is nothing to search for") }
        return clauses.reversed()
    }

    private static func term(_ text: String) -> (property: String?, words: [String]) {
        var rest = text[...]
        var property: String?
        if let colon = text.firstIndex(of: ":"), colon != text.startIndex {
            property = String(text[..<colon])
            rest = text[text.index(after: colon)...]
        }
        let words = rest.utf8.split { $0 == UInt8(ascii: " ") || marks.contains($0) }
        return (property, words.map { String(decoding: Array($0), as: UTF8.self) })
    }

    private static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .badRequest, "Invalid $search: \(reason).")
    }
}

extension SearchTerms {
    /// What of the index is searched for.
    enum Indexed: String {
        case conversation, thread
    }

    /// The condition on a conversation or a thread of a group, by the index of words.
    ///
    /// A conversation's or a thread's body is that of all its posts together, and words may be spread over these.
    func sql(_ kind: Indexed, of group: GroupID) throws(GraphError) -> (String, [Filter.Value]) {
        let found = "\(kind).id IN (\(SQLiteDialect.foundEntries("\(kind)ID")))"
        return try sql(properties: ["body", "topic"]) { words, properties in
            func pattern(_ words: [String], _ properties: [String]) -> Filter.Value {
                .text(SQLiteDialect.searchPattern(words, in: properties, of: group.text))
            }
            if words.count == 1 || properties == ["topic"] { return (found, [pattern(words, properties)]) }
            let body = "(" + words.map { _ in found }.joined(separator: " AND ") + ")"
            let values = words.map { pattern([$0], ["body"]) }
            guard properties.contains("topic") else { return (body, values) }
            return ("(\(body) OR \(found))", values + [pattern(words, ["topic"])])
        }
    }
}

import GraphModel

// A `$search` as SQL.

extension SearchTerms {
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
            let searched = try searched(property, of: properties)
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

/// A `$search`: words that must be found, each in one property or in any that is searched (reference, section 9).
///
/// A word is found where a word begins with it, without regard to letter case: `"displayName:sal"` finds "West Sales".
package struct SearchTerms: Sendable {
    /// What is looked for.
    package indirect enum Expression: Sendable {
        /// All of the words in one property: in this one, or in any.
        case words([String], in: String?)
        case and([Expression])
        case or([Expression])
        case not(Expression)
    }

    package let expression: Expression

    /// The most words of one search.
    package static let maximumWords = 50

    /// Reads a search: `"displayName:sales team" AND NOT "description:old"`, or words without quotation marks.
    ///
    /// - Throws: ``GraphError`` if there is nothing to search for, or a quotation mark or an operand is missing.
    package init(_ text: String) throws(GraphError) {
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

    /// What stands between words, in ASCII; no word holds any of them.
    package static let marks: [UInt8] = Array("\t\n\r!\"#&'()*+,-./:;<=>?@[]_{|}~".utf8)

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

    package static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .badRequest, "Invalid $search: \(reason).")
    }

    /// The properties, of those that can be searched, in which words are looked for.
    ///
    /// - Parameters:
    ///   - property: The one that the search names; nil for any.
    ///   - properties: What can be searched.
    /// - Returns: Their names.
    /// - Throws: ``GraphError`` for a property that is not among them.
    package static func searched(_ property: String?, of properties: [String]) throws(GraphError) -> [String] {
        guard let property else { return properties }
        guard let found = properties.first(where: { $0.lowercased() == property.lowercased() }) else {
            let names = properties.joined(separator: ", ")
            throw refusal("'\(property.prefix(60))' cannot be searched; what can: \(names)")
        }
        return [found]
    }
}

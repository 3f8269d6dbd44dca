package import GraphModel

// A `$search` carried out on texts, with the meaning that it has in the embedded store.

extension SearchTerms {
    /// The texts of one post, cut into words.
    package struct Entry: Sendable {
        var topic: [String]
        var body: [String]

        /// Cuts the texts of a post.
        ///
        /// - Parameters:
        ///   - topic: Of its conversation.
        ///   - body: Its body, without markup.
        package init(topic: String, body: String) {
            self.topic = Self.words(in: topic)
            self.body = Self.words(in: body)
        }

        /// The words of a text, in lower case: runs of letters, digits and symbols; punctuation stands between words.
        static func words(in text: String) -> [String] {
            var words: [String] = []
            var word = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                if isOfWord(scalar) {
                    let lower = scalar.properties.lowercaseMapping.unicodeScalars
                    word.append(lower.count == 1 ? lower.first ?? scalar : scalar)
                } else if !word.isEmpty {
                    words.append(String(word))
                    word = String.UnicodeScalarView()
                }
            }
            if !word.isEmpty { words.append(String(word)) }
            return words
        }

        private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "+", "<", "=", ">", "|", "~": return false
            case "%", "\\": return true
            default: break
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .privateUse, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
                .nonspacingMark, .spacingMark, .enclosingMark:
                return true
            default: return false
            }
        }
    }

    /// Whether a conversation or a thread is found by its posts.
    ///
    /// Its body is that of all its posts together, and words may be spread over these.
    ///
    /// - Throws: ``GraphError`` for a property that is not searched.
    package func find(_ entries: [Entry]) throws(GraphError) -> Bool {
        try Self.holds(expression, ["body", "topic"]) { words, properties in
            let sought = words.map { Entry.words(in: $0) }
            if words.count == 1 || properties == ["topic"] {
                return entries.contains { entry in
                    sought.allSatisfy { phrase in
                        properties.contains {
                            Self.begins(phrase, in: $0 == "topic" ? entry.topic : entry.body)
                        }
                    }
                }
            }
            if sought.allSatisfy({ phrase in entries.contains { Self.begins(phrase, in: $0.body) } }) { return true }
            return properties.contains("topic")
                && entries.contains { entry in sought.allSatisfy { Self.begins($0, in: entry.topic) } }
        }
    }

    /// Whether a post is found by its body, markup and all.
    ///
    /// - Throws: ``GraphError`` for a property that is not searched.
    package func find(inPost content: String) throws(GraphError) -> Bool {
        let text = FoldedText(" " + content).bytes
        let marks = Set(Self.marks + [UInt8(ascii: " ")])
        return try Self.holds(expression, ["body"]) { words, _ in
            words.allSatisfy { word in
                let word = FoldedText(word).bytes
                return text.indices.contains { marks.contains(text[$0]) && text[($0 + 1)...].starts(with: word) }
            }
        }
    }

    /// Whether the words of a text, one after the other, begin with these: the last of them may go on.
    private static func begins(_ phrase: [String], in words: [String]) -> Bool {
        guard let last = phrase.last, phrase.count <= words.count else { return false }
        return (0...(words.count - phrase.count)).contains { start in
            zip(phrase.dropLast(), words[start...]).allSatisfy { same($0, $1) }
                && words[start + phrase.count - 1].utf8.starts(with: last.utf8)
        }
    }

    // Not by what looks the same: the store compares code by code.
    private static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    private static func holds(
        _ expression: Expression,
        _ properties: [String],
        _ find: ([String], [String]) -> Bool
    ) throws(GraphError) -> Bool {
        // No shortcut: what is wrong at the end of a search is wrong whatever its beginning finds.
        switch expression {
        case .and(let parts):
            var all = true
            for part in parts { all = try holds(part, properties, find) && all }
            return all
        case .or(let parts):
            var any = false
            for part in parts { any = try holds(part, properties, find) || any }
            return any
        case .not(let inner): return try !holds(inner, properties, find)
        case .words(let words, let property): return find(words, try searched(property, of: properties))
        }
    }
}

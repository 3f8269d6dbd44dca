import GraphModel

/// One navigation property that `$expand` asks to be written too, with the options in its parentheses
/// (reference, section 9).
struct Expansion: Sendable {
    /// As the type writes it.
    var name: String
    var options: QueryOptions

    /// How deep expansions may be nested: `threads($expand=posts($expand=inReplyTo($expand=attachments)))`.
    static let maximumDepth = 4

    /// Reads `$expand`: names with commas between, each with options in parentheses and semicolons between those.
    ///
    /// - Parameters:
    ///   - text: What stands behind `$expand=`, if anything.
    ///   - known: What the type can expand.
    /// - Returns: The expansions in the order of the text.
    /// - Throws: ``GraphError`` for what it cannot, for faulty options, and for what is nested too deeply.
    static func read(_ text: String?, _ known: [String]) throws(GraphError) -> [Expansion] {
        guard let text, !text.isEmpty else { return [] }
        var expansions: [Expansion] = []
        for part in try parts(of: text[...], at: ",") {
            let open = part.firstIndex(of: "(")
            let written = part[..<(open ?? part.endIndex)].filter { $0 != " " }
            guard let name = known.first(where: { $0.lowercased() == written.lowercased() }) else {
                let names = known.isEmpty ? "nothing can" : "what can: " + known.joined(separator: ", ")
                throw refusal("'\(written.prefix(60))' cannot be expanded here; \(names)")
            }
            guard !expansions.contains(where: { $0.name == name }) else {
                throw refusal("'\(name)' is to be expanded twice")
            }
            var pairs: [(name: String, value: String)] = []
            if let open {
                let rest = part[part.index(after: open)...].reversed().drop { $0 == " " }
                guard rest.first == ")" else { throw refusal("a parenthesis is not closed") }
                for option in try parts(of: Substring(String(rest.dropFirst().reversed())), at: ";") {
                    let halves = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    let option = halves[0].filter { $0 != " " }
                    guard halves.count == 2, allowed.contains(option.lowercased()) else {
                        throw refusal("'\(option.prefix(40))' is no option of an expansion")
                    }
                    pairs.append((option, String(halves[1].drop { $0 == " " })))
                }
            }
            expansions.append(Expansion(name: name, options: try QueryOptions(nested: pairs)))
        }
        return expansions
    }

    private static let allowed = ["$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$search"]

    /// Splits at a mark, but not within parentheses or quotation marks.
    private static func parts(of text: Substring, at mark: Character) throws(GraphError) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var depth = 0
        var isQuoted = false
        for index in text.indices {
            let character = text[index]
            if character == "'" { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            guard depth >= 0, depth <= maximumDepth * 4 else {
                throw refusal("its parentheses do not match, or are too many")
            }
            if character == mark, depth == 0 {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        guard depth == 0, !isQuoted else { throw refusal("a parenthesis or a quotation mark is not closed") }
        return parts + [text[start...]]
    }

    static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .expandNotSupported, "Invalid $expand: \(reason).")
    }
}

extension OperationContext {
    /// The context in which an expansion is written: its own options, and the path of the collection, for links.
    ///
    /// - Throws: ``GraphError`` if it is nested too deeply.
    func expanding(_ expansion: Expansion, at path: String) throws(GraphError) -> OperationContext {
        guard depth < Expansion.maximumDepth else {
            throw Expansion.refusal("it is nested more than \(Expansion.maximumDepth) deep")
        }
        var nested = self
        nested.depth = depth + 1
        nested.options = expansion.options
        nested.request.path = path
        // What a page should hold was said of the whole; what bodies should be holds for all.
        nested.request.headers["Prefer"] = preferences.bodyType.map(Preferences.bodyType)
        return nested
    }
}

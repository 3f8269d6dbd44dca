/// Reads a `$filter` by recursive descent: `or` binds less than `and`, that less than `not`.
package struct FilterParser {
    private typealias Token = FilterLexer.Token

    private var lexer: FilterLexer
    private var token: FilterLexer.Token
    private var depth = 0
    private var terms = 0

    /// How deep parentheses, `not` and lambdas may be nested: a level takes up to three of the hundred places that the
    /// stack of SQLite's parser has.
    package static let maximumDepth = 20
    /// How many comparisons a filter may have: SQLite takes expressions a thousand deep, and a chain of `and` is one.
    package static let maximumTerms = 100
    /// How many values may stand behind `in`.
    package static let maximumValues = 500

    /// Reads a whole filter.
    ///
    /// - Throws: ``GraphError`` that names the position of what is wrong.
    package static func parse(_ text: String) throws(GraphError) -> FilterExpression {
        var parser = try FilterParser(text)
        let expression = try parser.disjunction()
        guard parser.token == .end else {
            throw parser.refusal("here should be 'and', 'or' or the end")
        }
        return expression
    }

    private init(_ text: String) throws(GraphError) {
        lexer = try FilterLexer(text)
        token = try lexer.token()
    }

    // MARK: Logic

    private mutating func disjunction() throws(GraphError) -> FilterExpression {
        var parts = [try conjunction()]
        while try takeWord("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(GraphError) -> FilterExpression {
        var parts = [try negation()]
        while try takeWord("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(GraphError) -> FilterExpression {
        guard try takeWord("not") else { return try primary() }
        try deepen()
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func primary() throws(GraphError) -> FilterExpression {
        guard token == .open else { return try term() }
        try advance()
        try deepen()
        defer { depth -= 1 }
        let inner = try disjunction()
        try take(.close, "')'")
        return inner
    }

    private mutating func deepen() throws(GraphError) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw refusal("it is nested more than \(Self.maximumDepth) deep")
        }
    }

    // MARK: Comparisons

    private mutating func term() throws(GraphError) -> FilterExpression {
        terms += 1
        guard terms <= Self.maximumTerms else {
            throw refusal("it has more than \(Self.maximumTerms) comparisons")
        }
        if case .literal(let literal) = token {
            try advance()
            guard let comparison = try takeComparison() else { throw refusal("a comparison is missing here") }
            return .compare(try operand(), comparison.mirrored, literal)
        }
        if case .word(let word) = token, let function = FilterExpression.TextFunction(rawValue: word.lowercased()) {
            return try isTrue(try call(function))
        }
        let operand = try operand()
        if let last = operand.path.names.last, token == .open, operand.path.names.count > 1,
            let quantifier = FilterExpression.Quantifier(rawValue: last.lowercased())
        {
            var path = operand.path
            path.names.removeLast()
            return try isTrue(try lambda(quantifier, path))
        }
        guard token != .open else {
            throw FilterLexer.refusal("'\(operand.path.text.prefix(60))' is no function", operand.path.position)
        }
        if try takeWord("in") { return .isIn(operand, try values()) }
        guard let comparison = try takeComparison() else {
            if case .word(let word) = token, !["and", "or"].contains(word.lowercased()) {
                throw refusal("'\(word.prefix(40))' is no comparison; eq, ne, gt, ge, lt, le and in are")
            }
            return .holds(operand)
        }
        return .compare(operand, comparison, try literal())
    }

    /// A predicate, or one that is compared with true or false.
    private mutating func isTrue(_ predicate: FilterExpression) throws(GraphError) -> FilterExpression {
        guard let comparison = try takeComparison() else { return predicate }
        let place = refusal("a function or lambda is compared by eq or ne with true or false")
        guard comparison == .eq || comparison == .ne, case .boolean(let value) = try literal() else { throw place }
        return value == (comparison == .eq) ? predicate : .not(predicate)
    }

    private mutating func call(_ function: FilterExpression.TextFunction) throws(GraphError) -> FilterExpression {
        try advance()
        try take(.open, "'('")
        let operand = try operand()
        try take(.comma, "','")
        guard case .literal(.text(let text)) = token else {
            throw refusal("\(function.rawValue) takes a property and a text in single quotes")
        }
        try advance()
        try take(.close, "')'")
        return .call(function, operand, text)
    }

    private mutating func lambda(
        _ quantifier: FilterExpression.Quantifier,
        _ path: FilterExpression.Path
    ) throws(GraphError) -> FilterExpression {
        try take(.open, "'('")
        if token == .close, quantifier == .any {
            try advance()
            return .lambda(.any, over: path, variable: nil, nil)
        }
        try deepen()
        defer { depth -= 1 }
        guard case .word(let variable) = token else { throw refusal("a lambda begins with a variable, as in any(c:…)") }
        try advance()
        try take(.colon, "':'")
        let body = try disjunction()
        try take(.close, "')'")
        return .lambda(quantifier, over: path, variable: variable, body)
    }

    private mutating func operand() throws(GraphError) -> FilterExpression.Operand {
        var path = try path()
        guard token == .open, path.names.count == 1 else { return FilterExpression.Operand(path: path) }
        switch path.text.lowercased() {
        case "tolower":
            // Texts are compared without regard to letter case anyway.
            try advance()
            path = try self.path()
            try take(.close, "')'")
            return FilterExpression.Operand(path: path)
        case "cast":
            try advance()
            path = try self.path()
            try take(.comma, "','")
            guard case .word(let type) = token, ["edm.int32", "edm.int64"].contains(type.lowercased()) else {
                throw refusal("a property can be cast to Edm.Int32 or Edm.Int64")
            }
            try advance()
            try take(.close, "')'")
            return FilterExpression.Operand(path: path, isNumber: true)
        default: return FilterExpression.Operand(path: path)
        }
    }

    private mutating func path() throws(GraphError) -> FilterExpression.Path {
        let position = lexer.position
        var names: [String] = []
        repeat {
            if !names.isEmpty { try advance() }
            guard case .word(let name) = token else { throw refusal("the name of a property is missing here") }
            names.append(name)
            try advance()
        } while token == .slash
        return FilterExpression.Path(names: names, position: position)
    }

    private mutating func values() throws(GraphError) -> [FilterExpression.Literal] {
        try take(.open, "'('")
        var values = [try literal()]
        while token == .comma {
            try advance()
            guard values.count < Self.maximumValues else {
                throw refusal("'in' takes \(Self.maximumValues) values at most")
            }
            values.append(try literal())
        }
        try take(.close, "')'")
        return values
    }

    // MARK: Tokens

    private mutating func literal() throws(GraphError) -> FilterExpression.Literal {
        guard case .literal(let literal) = token else {
            throw refusal("a value is missing here: a text in single quotes, a number, a moment, true, false or null")
        }
        try advance()
        return literal
    }

    private mutating func takeComparison() throws(GraphError) -> FilterExpression.Comparison? {
        guard case .word(let word) = token,
            let comparison = FilterExpression.Comparison(rawValue: word.lowercased())
        else { return nil }
        try advance()
        return comparison
    }

    private mutating func takeWord(_ expected: String) throws(GraphError) -> Bool {
        guard case .word(let word) = token, word.lowercased() == expected else { return false }
        try advance()
        return true
    }

    private mutating func take(_ expected: FilterLexer.Token, _ name: String) throws(GraphError) {
        guard token == expected else { throw refusal("\(name) is missing here") }
        try advance()
    }

    private mutating func advance() throws(GraphError) {
        token = try lexer.token()
    }

    private func refusal(_ reason: String) -> GraphError {
        FilterLexer.refusal(reason, lexer.position)
    }
}

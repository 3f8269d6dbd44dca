/// Reads a script as Lua 5.4 does (manual, sections 3 and 9), without running anything.
///
/// It takes what the compiler of Lua takes and refuses what that refuses, but for expressions and calls that need more
/// than the compiler's 255 registers, which it takes.
package struct LuaParser {
    /// How deeply statements, expressions and functions can lie in each other: as deep as Lua's compiler lets them.
    package static let maximumDepth = 198

    private var lexer: LuaLexer
    private(set) var token = LuaToken.end
    private(set) var place = LuaPlace(offset: 0, line: 1, column: 1)
    private(set) var ahead: (token: LuaToken, place: LuaPlace)?
    /// Where the token at hand ends.
    private(set) var end = 0
    private var depth = 0
    var scope = LuaScope()
    /// Whether `...` means something, for each function around, innermost last.
    var variadic: [Bool] = []

    /// Reads a whole script.
    ///
    /// - Throws: The first error.
    package static func parse(_ source: [UInt8]) throws(LuaSyntaxError) -> LuaBlock {
        var parser = LuaParser(source)
        try parser.advance()
        parser.scope.openFunction()
        parser.variadic.append(true)
        let block = try parser.statements()
        guard parser.token == .end else {
            throw LuaSyntaxError(place: parser.place, message: "\(parser.token.shown) closes nothing that is open here")
        }
        try parser.scope.closeFunction()
        return block
    }

    private init(_ source: [UInt8]) {
        lexer = LuaLexer(source)
    }

    // MARK: Tokens

    mutating func advance() throws(LuaSyntaxError) {
        if let next = ahead {
            (token, place) = next
            ahead = nil
        } else {
            (token, place) = try lexer.next()
        }
        end = lexer.at
    }

    /// The token behind the one at hand.
    mutating func peek() throws(LuaSyntaxError) -> LuaToken {
        if let ahead { return ahead.token }
        let next = try lexer.next()
        ahead = next
        return next.token
    }

    func isSign(_ sign: String) -> Bool { token == .sign(sign) }

    func isKeyword(_ keyword: LuaToken.Keyword) -> Bool { token == .keyword(keyword) }

    /// Moves over a sign if it is at hand.
    mutating func take(_ sign: String) throws(LuaSyntaxError) -> Bool {
        guard isSign(sign) else { return false }
        try advance()
        return true
    }

    mutating func take(_ keyword: LuaToken.Keyword) throws(LuaSyntaxError) -> Bool {
        guard isKeyword(keyword) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ sign: String) throws(LuaSyntaxError) {
        guard try take(sign) else { throw unexpected("expected '\(sign)'") }
    }

    mutating func expect(_ keyword: LuaToken.Keyword) throws(LuaSyntaxError) {
        guard try take(keyword) else { throw unexpected("expected '\(keyword.rawValue)'") }
    }

    /// Moves over what closes something that was opened further up.
    mutating func close(_ closing: LuaToken, _ opening: String, at start: LuaPlace) throws(LuaSyntaxError) {
        guard token == closing else {
            let line = start.line == place.line ? "" : " on line \(start.line)"
            throw unexpected("expected \(closing.shown) to close '\(opening)'\(line)")
        }
        try advance()
    }

    mutating func name(_ what: String = "a name") throws(LuaSyntaxError) -> LuaName {
        guard case .name(let text) = token else { throw unexpected("expected \(what)") }
        let name = LuaName(text: text, place: place)
        try advance()
        return name
    }

    func unexpected(_ expectation: String) -> LuaSyntaxError {
        LuaSyntaxError(place: place, message: "\(expectation), found \(token.shown)")
    }

    // MARK: Depth

    /// Reads something that may lie in itself.
    mutating func nested<T>(
        _ read: (inout LuaParser) throws(LuaSyntaxError) -> T
    ) throws(LuaSyntaxError) -> T {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw LuaSyntaxError(
                place: place,
                message: "this lies \(Self.maximumDepth) levels deep, which is the most that Lua reads; split it up"
            )
        }
        return try read(&self)
    }
}

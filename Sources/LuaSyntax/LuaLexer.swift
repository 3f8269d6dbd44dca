/// Splits a script into tokens, one at a time (Lua 5.4 manual, section 3.1).
struct LuaLexer {
    let source: [UInt8]
    /// Where the next byte stands.
    var at = 0
    private var known = LuaPlace(offset: 0, line: 1, column: 1)

    init(_ source: [UInt8]) {
        self.source = source
    }

    /// The byte at hand; nil at the end.
    var byte: UInt8? { at < source.count ? source[at] : nil }

    func byte(ahead distance: Int) -> UInt8? {
        at + distance < source.count ? source[at + distance] : nil
    }

    /// The place of a byte at or behind the last one that was asked for.
    mutating func place(of offset: Int) -> LuaPlace {
        known = known.advanced(to: offset, in: source)
        return known
    }

    mutating func fault(_ offset: Int, _ message: String) -> LuaSyntaxError {
        // A fault may lie before the last place, inside of a token.
        let start = known.offset <= offset ? known : LuaPlace(offset: 0, line: 1, column: 1)
        return LuaSyntaxError(place: start.advanced(to: offset, in: source), message: message)
    }

    /// The next token, and where it begins.
    mutating func next() throws(LuaSyntaxError) -> (token: LuaToken, place: LuaPlace) {
        try skipSpace()
        let place = place(of: at)
        return (try token(), place)
    }

    private mutating func skipSpace() throws(LuaSyntaxError) {
        while let byte {
            if byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) {
                at += 1
            } else if byte == UInt8(ascii: "-"), self.byte(ahead: 1) == byte {
                at += 2
                if self.byte == UInt8(ascii: "["), let level = longBracketLevel() {
                    _ = try longText(level, of: "comment", from: at - 2)
                } else {
                    while let byte = self.byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { at += 1 }
                }
            } else {
                return
            }
        }
    }

    private mutating func token() throws(LuaSyntaxError) -> LuaToken {
        guard let byte else { return .end }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try quoted(byte))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try numeral()
        case UInt8(ascii: ".") where self.byte(ahead: 1)?.isDigit == true: return try numeral()
        case UInt8(ascii: "["):
            if let level = longBracketLevel() { return .string(try longText(level, of: "string", from: at)) }
            guard self.byte(ahead: 1) != UInt8(ascii: "=") else {
                throw fault(at, "a long string opens with '[', any number of '=' and another '['")
            }
        case _ where byte.isNameByte:
            let start = at
            while self.byte?.isNameByte == true { at += 1 }
            let name = String(decoding: source[start..<at], as: UTF8.self)
            return LuaToken.Keyword(rawValue: name).map { .keyword($0) } ?? .name(name)
        default: break
        }
        return sign(byte)
    }

    private mutating func sign(_ byte: UInt8) -> LuaToken {
        for sign in Self.longSigns where source[at...].starts(with: sign.utf8) {
            at += sign.utf8.count
            return .sign(sign)
        }
        let start = at
        at += 1
        while let next = self.byte, byte >= 0x80, next & 0xC0 == 0x80 { at += 1 }
        return .sign(String(decoding: source[start..<at], as: UTF8.self))
    }

    /// The signs of more than one byte, the longer before the shorter.
    private static let longSigns = ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"]

    // MARK: Numerals

    /// Reads a numeral: all that looks like a part of it belongs to it, and must then be well formed.
    private mutating func numeral() throws(LuaSyntaxError) -> LuaToken {
        let start = at
        var isHexadecimal = false
        if byte == UInt8(ascii: "0"), let x = byte(ahead: 1), x | 0x20 == UInt8(ascii: "x") {
            isHexadecimal = true
            at += 2
        }
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        while let byte {
            if byte | 0x20 == exponent {
                at += 1
                if let sign = self.byte, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
            } else if byte.hexadecimalValue != nil || byte == UInt8(ascii: ".") {
                at += 1
            } else {
                break
            }
        }
        // A letter that touches the number makes it one word, which is none.
        if byte?.isNameByte == true { at += 1 }
        let text = source[start..<at]
        guard let token = LuaNumeral.token(text, isHexadecimal: isHexadecimal) else {
            throw fault(start, "'\(String(decoding: text.prefix(40), as: UTF8.self))' is no number")
        }
        return token
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether it can stand in a name; a digit not at the beginning.
    var isNameByte: Bool {
        isDigit || self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    var hexadecimalValue: Int? {
        if isDigit { return Int(self - UInt8(ascii: "0")) }
        let lower = self | 0x20
        guard (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lower) else { return nil }
        return Int(lower - UInt8(ascii: "a")) + 10
    }
}

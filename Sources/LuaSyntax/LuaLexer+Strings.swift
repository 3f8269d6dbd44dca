extension LuaLexer {
    /// How many equals signs a long bracket that opens at hand has; nil if none opens here.
    func longBracketLevel() -> Int? {
        var level = 0
        while byte(ahead: 1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(ahead: 1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Reads a long string or comment, whose opening bracket is at hand.
    mutating func longText(_ level: Int, of what: String, from start: Int) throws(LuaSyntaxError) -> [UInt8] {
        at += level + 2
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { lineBreak() }
        var text: [UInt8] = []
        while let byte {
            switch byte {
            case UInt8(ascii: "]"):
                var equals = 0
                while self.byte(ahead: 1 + equals) == UInt8(ascii: "=") { equals += 1 }
                if equals == level, self.byte(ahead: 1 + equals) == UInt8(ascii: "]") {
                    at += level + 2
                    return text
                }
                text.append(contentsOf: source[at...(at + equals)])
                at += 1 + equals
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                text.append(UInt8(ascii: "\n"))
                lineBreak()
            default:
                text.append(byte)
                at += 1
            }
        }
        let closing = "]" + String(repeating: "=", count: level) + "]"
        throw fault(start, "a long \(what) opens here and is not closed; end it with '\(closing)'")
    }

    /// Reads a string in quotation marks, of which the first is at hand.
    mutating func quoted(_ mark: UInt8) throws(LuaSyntaxError) -> [UInt8] {
        let start = at
        at += 1
        var text: [UInt8] = []
        while let byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            switch byte {
            case mark:
                at += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            default:
                text.append(byte)
                at += 1
            }
        }
        let sign = Character(Unicode.Scalar(mark))
        throw fault(start, "a string opens here and is not closed on its line; end it with \(sign)")
    }

    private mutating func lineBreak() {
        let first = byte
        at += 1
        if let second = byte, second != first, second == UInt8(ascii: "\n") || second == UInt8(ascii: "\r") { at += 1 }
    }

    /// Reads an escape sequence, whose backslash is at hand.
    private mutating func escape(into text: inout [UInt8]) throws(LuaSyntaxError) {
        let start = at
        at += 1
        guard let byte else { return }  // the string is not closed either, which is what will be said
        switch byte {
        case UInt8(ascii: "x"):
            at += 1
            var value = 0
            for _ in 0..<2 {
                guard let digit = self.byte?.hexadecimalValue else {
                    throw fault(start, "'\\x' needs two hexadecimal digits")
                }
                value = value * 16 + digit
                at += 1
            }
            text.append(UInt8(value))
        case UInt8(ascii: "u"): text.append(contentsOf: try unicodeEscape(start))
        case UInt8(ascii: "z"):
            at += 1
            while let byte = self.byte, byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) { at += 1 }
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            text.append(UInt8(ascii: "\n"))
            lineBreak()
        case _ where byte.isDigit:
            var value = 0
            for _ in 0..<3 {
                guard let digit = self.byte, digit.isDigit else { break }
                value = value * 10 + Int(digit - UInt8(ascii: "0"))
                at += 1
            }
            guard let byte = UInt8(exactly: value) else {
                throw fault(start, "'\\\(value)' is no byte; 255 is the most")
            }
            text.append(byte)
        default:
            guard let meaning = Self.escapes[byte] else {
                throw fault(start, "there is no such escape sequence; write '\\\\' for a backslash")
            }
            text.append(meaning)
            at += 1
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "'"): UInt8(ascii: "'"),
    ]

    /// Reads `u{…}`: a code point below 2^31 in the original UTF-8, of up to six bytes.
    private mutating func unicodeEscape(_ start: Int) throws(LuaSyntaxError) -> [UInt8] {
        at += 1
        guard byte == UInt8(ascii: "{") else { throw fault(start, "'\\u' needs a code point, as in '\\u{1F389}'") }
        at += 1
        var value = 0
        var digits = 0
        while let digit = byte?.hexadecimalValue {
            value = value * 16 + digit
            guard value < 1 << 31 else { throw fault(start, "the code point is too large; 7FFFFFFF is the most") }
            digits += 1
            at += 1
        }
        guard digits > 0, byte == UInt8(ascii: "}") else {
            throw fault(start, "'\\u{' needs hexadecimal digits and a closing '}'")
        }
        at += 1
        guard value >= 0x80 else { return [UInt8(value)] }
        var tail: [UInt8] = []
        var rest = value
        var firstLimit = 0x3F  // the most that the first byte can hold
        while rest > firstLimit {
            tail.insert(UInt8(0x80 | rest & 0x3F), at: 0)
            rest >>= 6
            firstLimit >>= 1
        }
        return [UInt8((~firstLimit << 1) & 0xFF | rest)] + tail
    }
}

/// Cuts a `$filter` into tokens.
struct FilterLexer {
    enum Token: Equatable {
        /// A name, an operator or a function.
        case word(String)
        case literal(FilterExpression.Literal)
        case open, close, comma, colon, slash
        case end
    }

    private let bytes: [UInt8]
    private var next = 0
    /// Where the last token began, counted from 1, in bytes.
    private(set) var position = 1

    /// The longest filter, in bytes.
    static let maximumLength = 65_536

    /// Begins at the start of a text.
    ///
    /// - Throws: ``GraphError`` if it is too long.
    init(_ text: String) throws(GraphError) {
        bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else {
            throw Self.refusal("it is longer than \(Self.maximumLength) bytes", 1)
        }
    }

    /// The next token; ``Token/end`` behind the last, however often it is asked for.
    ///
    /// - Throws: ``GraphError`` for what is no token.
    mutating func token() throws(GraphError) -> Token {
        while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
        position = next + 1
        guard next < bytes.count else { return .end }
        let marks: [UInt8: Token] = [
            UInt8(ascii: "("): .open, UInt8(ascii: ")"): .close, UInt8(ascii: ","): .comma, UInt8(ascii: ":"): .colon,
            UInt8(ascii: "/"): .slash,
        ]
        let byte = bytes[next]
        if let mark = marks[byte] {
            next += 1
            return mark
        }
        if byte == UInt8(ascii: "'") { return .literal(.text(try text())) }
        if let guid = guid() { return .literal(.guid(guid)) }
        if Self.isDigit(byte) || byte == UInt8(ascii: "-") { return .literal(try number()) }
        guard Self.isLetter(byte) else {
            throw Self.refusal("what begins here is neither a name nor a value", position)
        }
        let word = take { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: ".") }
        switch word.lowercased() {
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        case "null": return .literal(.null)
        default: return .word(word)
        }
    }

    static func refusal(_ reason: String, _ position: Int) -> GraphError {
        GraphError(400, .badRequest, "Invalid filter clause: \(reason) (at position \(position)).")
    }

    /// A text in single quotes, in which a quotation mark is written twice.
    private mutating func text() throws(GraphError) -> String {
        var text: [UInt8] = []
        next += 1
        while next < bytes.count {
            let byte = bytes[next]
            next += 1
            if byte == UInt8(ascii: "'") {
                guard next < bytes.count, bytes[next] == byte else { return String(decoding: text, as: UTF8.self) }
                next += 1
            } else if byte == 0 {
                throw Self.refusal("a text cannot hold the character NUL", next)
            }
            text.append(byte)
        }
        throw Self.refusal("the text that begins here has no closing quotation mark", position)
    }

    /// A GUID without quotation marks, if one stands here.
    private mutating func guid() -> String? {
        let end = next + 36
        guard end <= bytes.count, end == bytes.count || !Self.continuesWord(bytes[end]) else { return nil }
        let text = String(decoding: bytes[next..<end], as: UTF8.self)
        guard let id = GroupID(text) else { return nil }
        next = end
        return id.text
    }

    private mutating func number() throws(GraphError) -> FilterExpression.Literal {
        let text = take { Self.continuesWord($0) || [UInt8(ascii: ":"), UInt8(ascii: "+")].contains($0) }
        if let integer = Int64(text) { return .integer(integer) }
        if let date = GraphDate(text) { return .moment(date.microseconds) }
        throw Self.refusal(
            "'\(text.prefix(40))' is neither a whole number nor a moment such as 2026-01-15T08:30:00Z",
            position
        )
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = next
        while next < bytes.count, condition(bytes[next]) { next += 1 }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func continuesWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

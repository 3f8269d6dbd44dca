import CJSON

/// A pull reader over a JSON text (RFC 8259), for the model's few types.
///
/// The caller asks for the values it expects, in the order in which they come; what is not asked for is skipped. Depth
/// is limited to ``maximumDepth``. Members of objects are compared without regard to letter case, because Graph's
/// clients send action bodies in Pascal case.
@safe package struct JSONReader {
    /// The greatest depth of nesting that is read.
    package static let maximumDepth = 128

    private var lexer: json_lexer
    private var token: json_token
    private var depth = 0
    /// The names of the first members that nobody read, nor passed over on purpose.
    private(set) var unread: [String] = []
    private var isSkipping = false
    private static let maximumUnread = 40

    private init(_ text: UnsafeRawBufferPointer) {
        // An empty buffer may have no base address; any address will do, since no byte is read.
        let start = unsafe text.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
        unsafe lexer = json_lexer(start: bytes, at: bytes, end: bytes + text.count)
        unsafe token = json_token(
            kind: .end,
            fault: .none,
            escaped: 0,
            text: bytes,
            length: 0,
            integer: 0,
            number: 0
        )
    }

    /// Reads a whole text: `body` reads one value, and nothing but white space may follow it.
    package static func read<Value>(
        _ text: some Collection<UInt8>,
        _ body: (inout JSONReader) throws -> Value
    ) throws -> Value {
        let contiguous: Value?? = try text.withContiguousStorageIfAvailable { buffer in
            try unsafe read(UnsafeRawBufferPointer(buffer), body)
        }
        if let value = contiguous, let value { return value }
        return try unsafe Array(text).withUnsafeBytes { try unsafe read($0, body) }
    }

    private static func read<Value>(
        _ text: UnsafeRawBufferPointer,
        _ body: (inout JSONReader) throws -> Value
    ) throws -> Value {
        var reader = unsafe JSONReader(text)
        try reader.advance()
        let value = try body(&reader)
        guard unsafe reader.token.kind == .end else { throw reader.unexpected("the end of the text") }
        return value
    }

    // MARK: Values

    /// What kind of value comes next.
    package enum Kind: String, Sendable { case null, boolean, number, string, object, array, none }

    /// The kind of the next value, which stays unread.
    package var kind: Kind {
        switch unsafe token.kind {
        case .null: .null
        case .true, .false: .boolean
        case .integer, .big_integer, .double: .number
        case .string: .string
        case .open_object: .object
        case .open_array: .array
        default: .none
        }
    }

    /// Reads `null` if it comes next, and says whether it did.
    package mutating func null() throws -> Bool {
        guard unsafe token.kind == .null else { return false }
        try advance()
        return true
    }

    /// Reads a string.
    package mutating func string() throws -> String {
        guard unsafe token.kind == .string else { throw unexpected("a string") }
        let text = currentString()
        try advance()
        return text
    }

    /// Reads a Boolean.
    package mutating func boolean() throws -> Bool {
        let value = unsafe token.kind == .true
        guard unsafe value || token.kind == .false else { throw unexpected("true or false") }
        try advance()
        return value
    }

    /// Reads an integer; a float with an integer's value is refused.
    package mutating func integer() throws -> Int64 {
        guard unsafe token.kind == .integer else { throw unexpected("an integer") }
        let value = unsafe token.integer
        try advance()
        return value
    }

    /// Reads a number.
    package mutating func number() throws -> Double {
        guard kind == .number else { throw unexpected("a number") }
        let value = unsafe token.number
        try advance()
        return value
    }

    /// Reads an object: `member` is called for each member and reads its value or leaves it, which skips it.
    package mutating func object(_ member: (inout JSONReader, JSONName) throws -> Void) throws {
        guard unsafe token.kind == .open_object else { throw unexpected("an object") }
        try descend()
        if unsafe token.kind != .close_object {
            while true {
                guard unsafe token.kind == .string else { throw malformed("expected a member's name") }
                let name = unsafe JSONName(text: token.text, length: token.length, escaped: token.escaped != 0)
                try advance()
                guard unsafe token.kind == .colon else { throw malformed("expected ':'") }
                try advance()
                let before = unsafe token.text
                do {
                    try member(&self, name)
                    if unsafe token.text == before {
                        if !isSkipping, unread.count < Self.maximumUnread { unread.append(name.string) }
                        try skip()
                    }
                } catch var fault as JSONFault {
                    fault.path.insert(.member(name.string), at: 0)
                    throw fault
                }
                if unsafe token.kind == .close_object { break }
                guard unsafe token.kind == .comma else { throw malformed("expected ',' or '}'") }
                try advance()
            }
        }
        try ascend()
    }

    /// Reads an array: `element` is called for each element and reads it or leaves it, which skips it.
    package mutating func array(_ element: (inout JSONReader, Int) throws -> Void) throws {
        guard unsafe token.kind == .open_array else { throw unexpected("an array") }
        try descend()
        var index = 0
        if unsafe token.kind != .close_array {
            while true {
                let before = unsafe token.text
                do {
                    try element(&self, index)
                    if unsafe token.text == before { try skip() }
                } catch var fault as JSONFault {
                    fault.path.insert(.index(index), at: 0)
                    throw fault
                }
                index += 1
                if unsafe token.kind == .close_array { break }
                guard unsafe token.kind == .comma else { throw malformed("expected ',' or ']'") }
                try advance()
            }
        }
        try ascend()
    }

    /// Skips the next value, whatever it is, checking it as strictly as if it were read.
    package mutating func skip() throws {
        let wasSkipping = isSkipping
        isSkipping = true
        defer { isSkipping = wasSkipping }
        switch kind {
        case .object: try object { _, _ in }
        case .array: try array { _, _ in }
        case .none: throw malformed("expected a value")
        default: try advance()
        }
    }

    /// Reads the next value whole, as the bytes that stand in the text.
    package mutating func raw() throws -> [UInt8] {
        let start = unsafe token.kind == .string ? token.text - 1 : token.text
        let end = try unsafe endOfSkipped()
        return unsafe Array(UnsafeBufferPointer(start: start, count: end - start))
    }

    // MARK: Faults

    /// A fault at the next value: JSON, but not what was expected.
    package func unexpected(_ expected: String) -> JSONFault {
        if unsafe token.kind == .invalid { return malformed("") }
        return JSONFault(reason: "expected \(expected), found \(found)", offset: offset, isSyntax: kind == .none)
    }

    /// A fault at the next value, in the reader's own words.
    package func fault(_ reason: String) -> JSONFault {
        JSONFault(reason: reason, offset: offset, isSyntax: false)
    }

    private func malformed(_ reason: String) -> JSONFault {
        guard unsafe token.kind == .invalid else {
            return JSONFault(reason: "\(reason), found \(found)", offset: offset, isSyntax: true)
        }
        return JSONFault(
            reason: unsafe String(cString: json_fault_text(token.fault)),
            offset: offset,
            isSyntax: true
        )
    }

    private var found: String {
        switch kind {
        case .null: return "null"
        case .boolean: return unsafe token.kind == .true ? "true" : "false"
        case .number:
            return unsafe String(
                decoding: UnsafeBufferPointer(start: token.text, count: min(token.length, 24)),
                as: UTF8.self
            )
        case .string: return "a string"
        case .object: return "an object"
        case .array: return "an array"
        case .none: break
        }
        switch unsafe token.kind {
        case .end: return "the end of the text"
        case .invalid: return "an invalid character"
        default: return unsafe "'\(Character(Unicode.Scalar(token.text.pointee)))'"
        }
    }

    /// The offset of the next token.
    package var offset: Int { unsafe token.text - lexer.start }

    // MARK: Moving on

    private mutating func advance() throws {
        if unsafe json_next(&lexer, &token) == .invalid { throw malformed("") }
    }

    private mutating func descend() throws {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw JSONFault(
                reason: "nested deeper than \(Self.maximumDepth) levels",
                offset: offset,
                isSyntax: true
            )
        }
        try advance()
    }

    private mutating func ascend() throws {
        depth -= 1
        try advance()
    }

    private mutating func endOfSkipped() throws -> UnsafePointer<UInt8> {
        switch kind {
        case .object, .array:
            // The token after the value has been read when skip() returns; the value ends where its bracket stood.
            var copy = self
            try copy.skipToClose()
            let end = unsafe copy.lexer.at
            self = copy
            try ascend()
            return unsafe end
        default:
            let end = unsafe lexer.at
            try skip()
            return unsafe end
        }
    }

    /// Reads to the bracket that closes the next value and stops with it as the current token, at its depth.
    private mutating func skipToClose() throws {
        let close: json_kind = kind == .object ? .close_object : .close_array
        let isObject = kind == .object
        try descend()
        if unsafe token.kind == close { return }
        while true {
            if isObject {
                guard unsafe token.kind == .string else { throw malformed("expected a member's name") }
                try advance()
                guard unsafe token.kind == .colon else { throw malformed("expected ':'") }
                try advance()
            }
            try skip()
            if unsafe token.kind == close { return }
            guard unsafe token.kind == .comma else { throw malformed("expected ','") }
            try advance()
        }
    }

    private func currentString() -> String {
        unsafe JSONName(text: token.text, length: token.length, escaped: token.escaped != 0).string
    }
}

/// The name of an object's member, as it stands in the text; valid only while the reader's closure runs.
@safe package struct JSONName {
    fileprivate let text: UnsafePointer<UInt8>
    fileprivate let length: Int
    fileprivate let escaped: Bool

    fileprivate init(text: UnsafePointer<UInt8>, length: Int, escaped: Bool) {
        unsafe self.text = unsafe text
        self.length = length
        self.escaped = escaped
    }

    /// The name with its escapes resolved.
    package var string: String {
        guard escaped else {
            return unsafe String(decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
        }
        return unsafe String(unsafeUninitializedCapacity: length) { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe json_unescape(text, length, start)
        }
    }

    /// Whether this is the name `other` but for the case of ASCII letters.
    package func matches(_ other: StaticString) -> Bool {
        guard !escaped else { return string.lowercased() == other.description.lowercased() }
        guard length == other.utf8CodeUnitCount else { return false }
        let others = unsafe other.utf8Start
        for index in 0..<length {
            let a = unsafe text[index]
            let b = unsafe others[index]
            if a != b {
                let letter = a | 0x20
                if letter != b | 0x20 || letter < 0x61 || letter > 0x7A { return false }
            }
        }
        return true
    }

    /// Lets a `switch` over a name list the members that are known.
    package static func ~= (known: StaticString, name: JSONName) -> Bool {
        name.matches(known)
    }
}

/// A second opinion on what is JSON: RFC 8259 as it stands, with the bridge's own limits.
///
/// It gives an answer only, so that it shares nothing with the lexer that it judges.
struct JSONJudge {
    private var rest: ArraySlice<UInt8>

    /// Whether the bridge must take a text: UTF-8, no lone surrogates, at most 128 levels, integers of 64 bits, and no
    /// number beyond every double.
    static func accepts(_ text: [UInt8]) -> Bool {
        guard String(validating: text, as: UTF8.self) != nil else { return false }
        var judge = JSONJudge(rest: text[...])
        judge.skipSpace()
        guard judge.value(depth: 0) else { return false }
        judge.skipSpace()
        return judge.rest.isEmpty
    }

    private mutating func skipSpace() {
        rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func digits() -> Int {
        let before = rest.count
        rest = rest.drop { (0x30...0x39).contains($0) }
        return before - rest.count
    }

    private mutating func value(depth: Int) -> Bool {
        if take("{") { return depth < 128 && object(depth: depth + 1) }
        if take("[") { return depth < 128 && array(depth: depth + 1) }
        if rest.first == UInt8(ascii: "\"") { return string() }
        if take("true") || take("false") || take("null") { return true }
        return number()
    }

    private mutating func array(depth: Int) -> Bool {
        skipSpace()
        if take("]") { return true }
        while true {
            skipSpace()
            guard value(depth: depth) else { return false }
            skipSpace()
            if take("]") { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func object(depth: Int) -> Bool {
        skipSpace()
        if take("}") { return true }
        while true {
            skipSpace()
            guard string() else { return false }
            skipSpace()
            guard take(":") else { return false }
            skipSpace()
            guard value(depth: depth) else { return false }
            skipSpace()
            if take("}") { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<0x20: return false
            case UInt8(ascii: "\\"):
                guard let escape = rest.popFirst() else { return false }
                guard escape == UInt8(ascii: "u") else {
                    guard "\"\\/bfnrt".utf8.contains(escape) else { return false }
                    continue
                }
                guard let unit = hex() else { return false }
                switch unit {
                case 0xD800...0xDBFF:
                    guard take("\\u"), let low = hex(), (0xDC00...0xDFFF).contains(low) else { return false }
                case 0xDC00...0xDFFF: return false
                default: break
                }
            default: break
            }
        }
        return false
    }

    private mutating func hex() -> UInt16? {
        let four = rest.prefix(4)
        guard four.count == 4, four.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(4)
        return UInt16(String(decoding: four, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> Bool {
        let start = rest
        _ = take("-")
        if !take("0") { guard digits() > 0 else { return false } }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard digits() > 0 else { return false }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { return false }
        }
        let text = String(decoding: start.dropLast(rest.count), as: UTF8.self)
        return isWhole ? Int64(text) != nil : Double(text).map(\.isFinite) ?? false
    }
}

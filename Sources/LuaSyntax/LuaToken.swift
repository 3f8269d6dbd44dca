/// A piece of Lua as the parser sees it (Lua 5.4 manual, section 3.1).
enum LuaToken: Equatable {
    case end
    case name(String)
    case keyword(Keyword)
    /// An operator or other sign; one that Lua does not know is a sign too, which no rule of the grammar takes.
    case sign(String)
    case string([UInt8])
    case integer(Int64)
    case float(Double)

    enum Keyword: String, CaseIterable {
        case and, `break`, `do`, `else`, elseif, end, `false`, `for`, function, goto, `if`, `in`, local, `nil`, not, or,
            `repeat`, `return`, then, `true`, until, `while`
    }

    /// How errors name it.
    var shown: String {
        switch self {
        case .end: "the end of the script"
        case .name(let name): "'\(name.prefix(40))'"
        case .keyword(let keyword): "'\(keyword.rawValue)'"
        case .sign(let sign): Self.invisible(sign).map { "the character \($0)" } ?? "'\(sign)'"
        case .string: "a string"
        case .integer, .float: "a number"
        }
    }

    /// A character that shows nothing, by its number.
    private static func invisible(_ sign: String) -> String? {
        guard let scalar = sign.unicodeScalars.first else { return nil }
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: break
        default: return nil
        }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

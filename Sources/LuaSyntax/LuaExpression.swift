/// An expression (Lua 5.4 manual, section 3.4).
///
/// Chains that Lua reads in a loop, `a + b - c` and `a.b(c).d`, are lists here, so the tree is never deeper than
/// ``LuaParser/maximumDepth`` however long the script is.
package struct LuaExpression: Sendable {
    package var place: LuaPlace
    package var kind: Kind

    package init(place: LuaPlace, kind: Kind) {
        self.place = place
        self.kind = kind
    }

    package indirect enum Kind: Sendable {
        case `nil`
        case boolean(Bool)
        case integer(Int64)
        case float(Double)
        case string(LuaString)
        /// `...`
        case varargs
        case function(LuaFunction)
        case table([LuaField])
        /// A local or a global.
        case name(String)
        case parentheses(LuaExpression)
        /// What stands behind a name or parentheses: `.field`, `[index]`, `(arguments)`, `:method(arguments)`.
        case suffixed(LuaExpression, [LuaSuffix])
        case unary(LuaUnaryOperator, LuaExpression)
        /// Operators of which each takes the result of all before it as its left side.
        case binary(LuaExpression, [LuaOperation])
    }
}

/// The text of a literal string, which is any bytes.
package struct LuaString: Sendable {
    package var bytes: [UInt8]
    /// Where it stands in the source, with its quotation marks or brackets.
    package var range: Range<Int>

    /// The text, with U+FFFD for what is no UTF-8.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A name and where it stands.
package struct LuaName: Sendable, Hashable {
    package var text: String
    package var place: LuaPlace

    package init(text: String, place: LuaPlace) {
        self.text = text
        self.place = place
    }
}

/// What can stand behind a name or parentheses.
package struct LuaSuffix: Sendable {
    package var place: LuaPlace
    package var kind: Kind

    package enum Kind: Sendable {
        case field(LuaName)
        case index(LuaExpression)
        case call([LuaExpression])
        case method(LuaName, [LuaExpression])
    }

    /// Whether it calls something.
    package var isCall: Bool {
        switch kind {
        case .call, .method: true
        case .field, .index: false
        }
    }
}

/// A field of a table constructor.
package enum LuaField: Sendable {
    case item(LuaExpression)
    case named(LuaName, LuaExpression)
    case keyed(LuaExpression, LuaExpression)
}

/// The parameters and the body of a function.
package struct LuaFunction: Sendable {
    /// The parameters, with `self` first where a colon stood.
    package var parameters: [LuaName]
    package var isVariadic: Bool
    package var body: LuaBlock
}

/// An operator with its right side.
package struct LuaOperation: Sendable {
    package var operation: LuaBinaryOperator
    package var operand: LuaExpression
}

package enum LuaUnaryOperator: String, Sendable {
    case not
    case minus = "-"
    case bitwiseNot = "~"
    case length = "#"
}

package enum LuaBinaryOperator: String, Sendable, CaseIterable {
    case or, and
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "~="
    case equal = "=="
    case bitwiseOr = "|"
    case bitwiseXor = "~"
    case bitwiseAnd = "&"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case concatenate = ".."
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "^"

    /// How strongly it binds to the left and to the right (manual, section 3.4.8).
    var priority: (left: Int, right: Int) {
        switch self {
        case .or: (1, 1)
        case .and: (2, 2)
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .notEqual, .equal: (3, 3)
        case .bitwiseOr: (4, 4)
        case .bitwiseXor: (5, 5)
        case .bitwiseAnd: (6, 6)
        case .shiftLeft, .shiftRight: (7, 7)
        case .concatenate: (9, 8)
        case .add, .subtract: (10, 10)
        case .multiply, .divide, .floorDivide, .modulo: (11, 11)
        case .power: (14, 13)
        }
    }
}

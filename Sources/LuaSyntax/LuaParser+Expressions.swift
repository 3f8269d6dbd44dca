extension LuaParser {
    /// How strongly unary operators bind (Lua 5.4 manual, section 3.4.8).
    private static let unaryPriority = 12

    mutating func expressions() throws(LuaSyntaxError) -> [LuaExpression] {
        var list = [try expression()]
        while try take(",") { list.append(try expression()) }
        return list
    }

    mutating func expression() throws(LuaSyntaxError) -> LuaExpression {
        try operation(bindingMoreThan: 0)
    }

    /// Reads an expression whose operators bind more strongly than `limit`.
    private mutating func operation(bindingMoreThan limit: Int) throws(LuaSyntaxError) -> LuaExpression {
        try nested { parser throws(LuaSyntaxError) in
            let start = parser.place
            let first: LuaExpression
            if let unary = parser.unaryOperator {
                try parser.advance()
                let operand = try parser.operation(bindingMoreThan: Self.unaryPriority)
                first = LuaExpression(place: start, kind: .unary(unary, operand))
            } else {
                first = try parser.simpleExpression()
            }
            var operations: [LuaOperation] = []
            while let operation = parser.binaryOperator, operation.priority.left > limit {
                try parser.advance()
                let operand = try parser.operation(bindingMoreThan: operation.priority.right)
                operations.append(LuaOperation(operation: operation, operand: operand))
            }
            return operations.isEmpty ? first : LuaExpression(place: start, kind: .binary(first, operations))
        }
    }

    private var unaryOperator: LuaUnaryOperator? {
        switch token {
        case .keyword(.not): .not
        case .sign("-"): .minus
        case .sign("~"): .bitwiseNot
        case .sign("#"): .length
        default: nil
        }
    }

    private var binaryOperator: LuaBinaryOperator? {
        switch token {
        case .keyword(.or): .or
        case .keyword(.and): .and
        case .sign(let sign): LuaBinaryOperator(rawValue: sign)
        default: nil
        }
    }

    private mutating func simpleExpression() throws(LuaSyntaxError) -> LuaExpression {
        let start = place
        let kind: LuaExpression.Kind
        switch token {
        case .integer(let value): kind = .integer(value)
        case .float(let value): kind = .float(value)
        case .string(let bytes): kind = .string(LuaString(bytes: bytes, range: place.offset..<end))
        case .keyword(.nil): kind = .nil
        case .keyword(.true): kind = .boolean(true)
        case .keyword(.false): kind = .boolean(false)
        case .sign("..."):
            guard variadic.last == true else {
                throw LuaSyntaxError(
                    place: start,
                    message: "'...' stands in a function that takes no varying arguments; add it to the parameters"
                )
            }
            kind = .varargs
        case .sign("{"): return LuaExpression(place: start, kind: .table(try table()))
        case .keyword(.function):
            try advance()
            return LuaExpression(place: start, kind: .function(try functionBody(at: start)))
        default: return try suffixedExpression("an expression")
        }
        try advance()
        return LuaExpression(place: start, kind: kind)
    }

    /// Reads a name or parentheses with all that stands behind.
    mutating func suffixedExpression(_ what: String) throws(LuaSyntaxError) -> LuaExpression {
        let start = place
        var base = LuaExpression(place: start, kind: .nil)
        switch token {
        case .name(let name):
            try advance()
            try scope.use(name, at: start)
            base.kind = .name(name)
        case .sign("("):
            try advance()
            let inner = try expression()
            try close(.sign(")"), "(", at: start)
            base.kind = .parentheses(inner)
        default: throw unexpected("expected \(what)")
        }
        var suffixes: [LuaSuffix] = []
        while let suffix = try suffix() { suffixes.append(suffix) }
        return suffixes.isEmpty ? base : LuaExpression(place: start, kind: .suffixed(base, suffixes))
    }

    private mutating func suffix() throws(LuaSyntaxError) -> LuaSuffix? {
        let start = place
        switch token {
        case .sign("."):
            try advance()
            return LuaSuffix(place: start, kind: .field(try name("the name of a field")))
        case .sign("["):
            try advance()
            let index = try expression()
            try close(.sign("]"), "[", at: start)
            return LuaSuffix(place: start, kind: .index(index))
        case .sign(":"):
            try advance()
            let method = try name("the name of a method")
            return LuaSuffix(place: start, kind: .method(method, try arguments()))
        case .sign("("), .sign("{"), .string: return LuaSuffix(place: start, kind: .call(try arguments()))
        default: return nil
        }
    }

    private mutating func arguments() throws(LuaSyntaxError) -> [LuaExpression] {
        let start = place
        switch token {
        case .string(let bytes):
            let string = LuaString(bytes: bytes, range: place.offset..<end)
            try advance()
            return [LuaExpression(place: start, kind: .string(string))]
        case .sign("{"): return [LuaExpression(place: start, kind: .table(try table()))]
        case .sign("("):
            try advance()
            if try take(")") { return [] }
            let list = try expressions()
            try close(.sign(")"), "(", at: start)
            return list
        default: throw unexpected("expected arguments")
        }
    }

    private mutating func table() throws(LuaSyntaxError) -> [LuaField] {
        let start = place
        try advance()
        var fields: [LuaField] = []
        while !isSign("}") {
            fields.append(try field())
            guard isSign(",") || isSign(";") else { break }
            try advance()
        }
        try close(.sign("}"), "{", at: start)
        return fields
    }

    private mutating func field() throws(LuaSyntaxError) -> LuaField {
        if case .name = token, try peek() == .sign("=") {
            let name = try name()
            try advance()
            return .named(name, try expression())
        }
        guard isSign("[") else { return .item(try expression()) }
        let start = place
        try advance()
        let key = try expression()
        try close(.sign("]"), "[", at: start)
        try expect("=")
        return .keyed(key, try expression())
    }

    /// Reads the parameters and the body of a function, behind its name.
    mutating func functionBody(at start: LuaPlace, isMethod: Bool = false) throws(LuaSyntaxError) -> LuaFunction {
        scope.openFunction()
        var parameters = isMethod ? [LuaName(text: "self", place: place)] : []
        var isVariadic = false
        try expect("(")
        if !isSign(")") {
            repeat {
                isVariadic = try take("...")
                if isVariadic { break }
                parameters.append(try name("the name of a parameter"))
            } while try take(",")
        }
        try expect(")")
        for parameter in parameters { try scope.declare(parameter.text, at: parameter.place) }
        variadic.append(isVariadic)
        let body = try statements()
        variadic.removeLast()
        try close(.keyword(.end), "function", at: start)
        try scope.closeFunction()
        return LuaFunction(parameters: parameters, isVariadic: isVariadic, body: body)
    }
}

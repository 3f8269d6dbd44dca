extension LuaParser {
    /// Whether a block ends at hand; `until` ends one whose variables are still seen behind it.
    private func endsBlock(withUntil: Bool = true) -> Bool {
        switch token {
        case .end, .keyword(.end), .keyword(.else), .keyword(.elseif): true
        case .keyword(.until): withUntil
        default: false
        }
    }

    /// Reads statements up to the end of the block, in the scope at hand.
    mutating func statements() throws(LuaSyntaxError) -> LuaBlock {
        var statements: [LuaStatement] = []
        while !endsBlock() {
            let isReturn = isKeyword(.return)
            try nested { parser throws(LuaSyntaxError) in try parser.statement(into: &statements) }
            if isReturn { break }
        }
        return LuaBlock(statements: statements)
    }

    /// Reads statements in a scope of their own.
    private mutating func block() throws(LuaSyntaxError) -> LuaBlock {
        scope.openBlock()
        let block = try statements()
        try scope.closeBlock()
        return block
    }

    private mutating func statement(into statements: inout [LuaStatement]) throws(LuaSyntaxError) {
        let start = place
        let kind: LuaStatement.Kind
        switch token {
        case .sign(";"): return try advance()
        case .sign("::"): return try label(into: &statements)
        case .keyword(.if): kind = try conditional()
        case .keyword(.while): kind = try whileLoop()
        case .keyword(.do):
            try advance()
            kind = .do(try block())
            try close(.keyword(.end), "do", at: start)
        case .keyword(.for): kind = try forLoop()
        case .keyword(.repeat): kind = try repeatLoop()
        case .keyword(.function): kind = try function()
        case .keyword(.local):
            try advance()
            kind = try take(.function) ? try localFunction() : try local()
        case .keyword(.return): kind = try returning()
        case .keyword(.break):
            try advance()
            scope.breakLoop(at: start)
            kind = .break
        case .keyword(.goto):
            try advance()
            let label = try name("the name of a label")
            scope.jump(to: label)
            kind = .goto(label)
        default: kind = try callOrAssignment()
        }
        statements.append(LuaStatement(place: start, kind: kind))
    }

    private mutating func label(into statements: inout [LuaStatement]) throws(LuaSyntaxError) {
        let start = place
        try advance()
        let label = try name("the name of a label")
        try expect("::")
        let index = statements.count
        while isSign(";") || isSign("::") {
            try nested { parser throws(LuaSyntaxError) in try parser.statement(into: &statements) }
        }
        try scope.label(label, isLast: endsBlock(withUntil: false))
        statements.insert(LuaStatement(place: start, kind: .label(label)), at: index)
    }

    // MARK: Branches and loops

    private mutating func conditional() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let start = place
        var clauses: [LuaClause] = []
        var otherwise: LuaBlock?
        repeat {
            try advance()
            let condition = try expression()
            try expect(.then)
            clauses.append(LuaClause(condition: condition, block: try block()))
        } while isKeyword(.elseif)
        if try take(.else) { otherwise = try block() }
        try close(.keyword(.end), "if", at: start)
        return .if(clauses, else: otherwise)
    }

    private mutating func whileLoop() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let start = place
        try advance()
        let condition = try expression()
        scope.openBlock(isLoop: true)
        try expect(.do)
        let body = try block()
        try close(.keyword(.end), "while", at: start)
        try scope.closeBlock()
        return .while(condition, body)
    }

    private mutating func repeatLoop() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let start = place
        try advance()
        scope.openBlock(isLoop: true)
        scope.openBlock()
        let body = try statements()
        try close(.keyword(.until), "repeat", at: start)
        let condition = try expression()
        try scope.closeBlock()
        try scope.closeBlock()
        return .repeat(body, until: condition)
    }

    private mutating func forLoop() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let start = place
        try advance()
        scope.openBlock(isLoop: true)
        let first = try name("the name of the loop's variable")
        let kind: LuaStatement.Kind
        if try take("=") {
            // Lua keeps the state of a loop in variables without a name.
            for _ in 0..<3 { try scope.declare("(for state)", at: start) }
            let from = try expression()
            try expect(",")
            let to = try expression()
            let step = try take(",") ? try expression() : nil
            let body = try loopBody([first], at: start)
            kind = .numericFor(first, from: from, to: to, step: step, body)
        } else {
            for _ in 0..<4 { try scope.declare("(for state)", at: start) }
            var names = [first]
            while try take(",") { names.append(try name()) }
            guard isKeyword(.in) else { throw unexpected("expected '=', ',' or 'in' behind the loop's variables") }
            try advance()
            let values = try expressions()
            kind = .genericFor(names, values, try loopBody(names, at: start))
        }
        try scope.closeBlock()
        return kind
    }

    private mutating func loopBody(_ names: [LuaName], at start: LuaPlace) throws(LuaSyntaxError) -> LuaBlock {
        try expect(.do)
        scope.openBlock()
        for name in names { try scope.declare(name.text, at: name.place) }
        let body = try statements()
        try scope.closeBlock()
        try close(.keyword(.end), "for", at: start)
        return body
    }

    private mutating func returning() throws(LuaSyntaxError) -> LuaStatement.Kind {
        try advance()
        let values = endsBlock() || isSign(";") ? [] : try expressions()
        _ = try take(";")
        guard endsBlock() else { throw unexpected("'return' must be the last statement of its block") }
        return .return(values)
    }

    // MARK: Declarations and assignments

    private mutating func local() throws(LuaSyntaxError) -> LuaStatement.Kind {
        var locals: [LuaLocal] = []
        repeat {
            let name = try name("the name of a local variable")
            var attribute: LuaLocal.Attribute?
            if try take("<") {
                let word = try self.name("'const' or 'close'")
                guard let known = LuaLocal.Attribute(rawValue: word.text) else {
                    throw LuaSyntaxError(
                        place: word.place,
                        message: "'\(word.text)' is no attribute of a variable; there are 'const' and 'close'"
                    )
                }
                try expect(">")
                if known == .close, locals.contains(where: { $0.attribute == .close }) {
                    throw LuaSyntaxError(place: word.place, message: "one 'local' can have one '<close>' only")
                }
                attribute = known
            }
            locals.append(LuaLocal(name: name, attribute: attribute))
        } while try take(",")
        let values = try take("=") ? try expressions() : []
        for local in locals {
            try scope.declare(local.name.text, at: local.name.place, isConstant: local.attribute != nil)
        }
        return .local(locals, values)
    }

    private mutating func localFunction() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let name = try name("the name of a function")
        try scope.declare(name.text, at: name.place)
        return .localFunction(name, try functionBody(at: name.place))
    }

    private mutating func function() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let start = place
        try advance()
        let root = try name("the name of a function")
        try scope.use(root.text, at: root.place)
        var suffixes: [LuaSuffix] = []
        var isMethod = false
        while !isMethod, isSign(".") || isSign(":") {
            isMethod = isSign(":")
            let at = place
            try advance()
            suffixes.append(LuaSuffix(place: at, kind: .field(try name())))
        }
        let value = try functionBody(at: start, isMethod: isMethod)
        var target = LuaExpression(place: root.place, kind: .name(root.text))
        if suffixes.isEmpty {
            try scope.checkAssignable(root.text, at: root.place)
        } else {
            target.kind = .suffixed(target, suffixes)
        }
        return .function(target, value)
    }

    private mutating func callOrAssignment() throws(LuaSyntaxError) -> LuaStatement.Kind {
        let target = try suffixedExpression("a statement")
        guard isSign("=") || isSign(",") else {
            if case .suffixed(_, let suffixes) = target.kind, suffixes.last?.isCall == true { return .call(target) }
            guard place.line == target.place.line else {
                // What stands on a later line is not at fault.
                throw LuaSyntaxError(
                    place: target.place,
                    message: "an expression is no statement; assign it or call it"
                )
            }
            throw unexpected("an expression is no statement; expected '=' or a call")
        }
        var targets: [LuaExpression] = []
        let values = try assignment(to: target, behind: &targets)
        return .assignment(targets, values)
    }

    /// Reads the further targets of an assignment, each a level deeper as Lua's compiler does, and its values.
    private mutating func assignment(
        to target: LuaExpression,
        behind targets: inout [LuaExpression]
    ) throws(LuaSyntaxError) -> [LuaExpression] {
        try checkTarget(target)
        targets.append(target)
        if try take(",") {
            let next = try suffixedExpression("something to assign to")
            return try nested { parser throws(LuaSyntaxError) in try parser.assignment(to: next, behind: &targets) }
        }
        try expect("=")
        return try expressions()
    }

    private func checkTarget(_ target: LuaExpression) throws(LuaSyntaxError) {
        switch target.kind {
        case .name(let name): try scope.checkAssignable(name, at: target.place)
        case .suffixed(_, let suffixes) where suffixes.last?.isCall == false: break
        default:
            throw LuaSyntaxError(place: target.place, message: "only variables and fields can be assigned to")
        }
    }
}

import LuaSyntax

extension LuaExpression {
    /// The text of a literal string.
    var literalString: LuaString? {
        if case .string(let string) = kind { string } else { nil }
    }

    /// Whether it may stand for any number of values at the end of a list.
    var isOpen: Bool {
        switch kind {
        case .varargs: true
        case .suffixed(_, let suffixes): suffixes.last?.isCall == true
        default: false
        }
    }

    var isNil: Bool {
        if case .nil = kind { true } else { false }
    }

    var isAlwaysTrue: Bool {
        switch kind {
        case .boolean(let value): value
        case .integer, .float, .string, .table, .function: true
        case .parentheses(let inner): inner.isAlwaysTrue
        default: false
        }
    }

    var isAlwaysFalse: Bool {
        switch kind {
        case .boolean(let value): !value
        case .nil: true
        case .parentheses(let inner): inner.isAlwaysFalse
        default: false
        }
    }

    /// Whether working it out calls something, and so may come to an error or wait.
    fileprivate var calls: Bool {
        switch kind {
        case .nil, .boolean, .integer, .float, .string, .varargs, .name, .function: false
        case .table(let fields):
            fields.contains { field in
                switch field {
                case .item(let value), .named(_, let value): value.calls
                case .keyed(let key, let value): key.calls || value.calls
                }
            }
        case .parentheses(let inner), .unary(_, let inner): inner.calls
        case .binary(let first, let operations): first.calls || operations.contains { $0.operand.calls }
        case .suffixed(let base, let suffixes):
            base.calls
                || suffixes.contains { suffix in
                    if case .index(let index) = suffix.kind { index.calls } else { suffix.isCall }
                }
        }
    }
}

extension LuaBlock {
    /// Whether anything in the body of a loop might end it: a jump, a call, which may raise an error, or `return`.
    var canEnd: Bool { canEnd(isInnerLoop: false) }

    private func canEnd(isInnerLoop: Bool) -> Bool {
        statements.contains { statement in
            switch statement.kind {
            case .call, .return, .goto: true
            case .break: !isInnerLoop
            case .label, .localFunction, .function: false
            case .local(let locals, let values):
                locals.contains { $0.attribute == .close } || values.contains(where: \.calls)
            case .assignment(let targets, let values): (targets + values).contains(where: \.calls)
            case .do(let body): body.canEnd(isInnerLoop: isInnerLoop)
            case .if(let clauses, let otherwise):
                clauses.contains { $0.condition.calls || $0.block.canEnd(isInnerLoop: isInnerLoop) }
                    || otherwise?.canEnd(isInnerLoop: isInnerLoop) == true
            case .while(let condition, let body), .repeat(let body, let condition):
                condition.calls || body.canEnd(isInnerLoop: true)
            case .numericFor(_, let from, let to, let step, let body):
                from.calls || to.calls || step?.calls == true || body.canEnd(isInnerLoop: true)
            // The iterator is called.
            case .genericFor: true
            }
        }
    }
}

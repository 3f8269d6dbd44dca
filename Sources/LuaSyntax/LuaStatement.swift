/// Statements that follow each other in a scope of their own (Lua 5.4 manual, section 3.3.1); empty ones are left out.
package struct LuaBlock: Sendable {
    package var statements: [LuaStatement]
}

/// A statement (Lua 5.4 manual, section 3.3).
package struct LuaStatement: Sendable {
    package var place: LuaPlace
    package var kind: Kind

    package indirect enum Kind: Sendable {
        case local([LuaLocal], [LuaExpression])
        case localFunction(LuaName, LuaFunction)
        case assignment([LuaExpression], [LuaExpression])
        /// `function a.b:c() … end`; the target is a name or fields of one.
        case function(LuaExpression, LuaFunction)
        /// A call whose results are dropped.
        case call(LuaExpression)
        case `do`(LuaBlock)
        case `while`(LuaExpression, LuaBlock)
        /// The condition sees the locals of the block.
        case `repeat`(LuaBlock, until: LuaExpression)
        case `if`([LuaClause], else: LuaBlock?)
        case numericFor(LuaName, from: LuaExpression, to: LuaExpression, step: LuaExpression?, LuaBlock)
        case genericFor([LuaName], [LuaExpression], LuaBlock)
        case `return`([LuaExpression])
        case `break`
        case goto(LuaName)
        case label(LuaName)
    }
}

/// A condition and what is done where it holds.
package struct LuaClause: Sendable {
    package var condition: LuaExpression
    package var block: LuaBlock
}

/// A local variable where it is declared.
package struct LuaLocal: Sendable {
    package enum Attribute: String, Sendable {
        case const, close
    }

    package var name: LuaName
    package var attribute: Attribute?
}

import LuaSyntax

/// The names of a script: which variable each stands for, and what is read and assigned (Lua 5.4 manual, section 3.5).
struct ScriptNames {
    /// A local variable, a parameter or the variable of a loop.
    struct Variable {
        var name: LuaName
        /// What it is declared with, if that is one expression of its own.
        var value: LuaExpression?
        /// How often it is assigned to after its declaration, and how often it is read.
        var assignments = 0
        var reads = 0
    }

    /// A global that is read and is none of those that are known.
    struct GlobalRead {
        var name: LuaName
        /// The locals that can be seen there.
        var visible: [Int]
    }

    private(set) var variables: [Variable] = []
    /// Every expression, in the order in which they end: what is meant by a part is found before it is asked for.
    private(set) var expressions: [LuaExpression] = []
    /// What is assigned to: variables and fields.
    private(set) var targets: [LuaExpression] = []
    private(set) var unknownReads: [GlobalRead] = []
    private(set) var globalAssignments: [LuaName] = []
    /// Loops whose condition always holds and that nothing inside can end.
    private(set) var endlessLoops: [LuaPlace] = []
    /// Whether globals may come into being unseen: by `load`, or through `_ENV` or `_G` as a value.
    private(set) var hasUnseenGlobals = false

    private let known: Set<String>
    private var bindings: [Int: Int] = [:]
    private var visible: [Int] = []

    /// Goes through a script.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - known: The globals that are there before it runs.
    init(_ script: LuaBlock, known: Set<String>) {
        self.known = known
        block(script)
    }

    /// The local that a name stands for; nil for a global.
    func variable(_ name: LuaExpression) -> Variable? {
        bindings[name.place.offset].map { variables[$0] }
    }

    /// What an expression certainly is: behind names of locals that are assigned once, and parentheses.
    func resolved(_ expression: LuaExpression) -> LuaExpression {
        var found = expression
        // Each local can only lead to one declared before it, but functions may name each other in a ring.
        for _ in 0..<64 {
            switch found.kind {
            case .parentheses(let inner): found = inner
            case .name:
                guard let variable = variable(found), variable.assignments == 0, let value = variable.value else {
                    return found
                }
                found = value
            default: return found
            }
        }
        return found
    }

    // MARK: Scopes

    private mutating func declare(_ name: LuaName, _ value: LuaExpression? = nil) {
        if name.text == "_ENV" { hasUnseenGlobals = true }
        visible.append(variables.count)
        variables.append(Variable(name: name, value: value))
    }

    private mutating func scoped(_ body: (inout ScriptNames) -> Void) {
        let count = visible.count
        body(&self)
        visible.removeSubrange(count...)
    }

    private func lookUp(_ name: String) -> Int? {
        visible.last { variables[$0].name.text == name }
    }

    private mutating func read(_ name: LuaName) {
        if let index = lookUp(name.text) {
            bindings[name.place.offset] = index
            variables[index].reads += 1
        } else if name.text == "_ENV" || name.text == "load" {
            hasUnseenGlobals = true
        } else if !known.contains(name.text) {
            unknownReads.append(GlobalRead(name: name, visible: visible))
        }
    }

    private mutating func assign(_ target: LuaExpression) {
        targets.append(target)
        guard case .name(let text) = target.kind else { return expression(target) }
        let name = LuaName(text: text, place: target.place)
        if let index = lookUp(text) {
            bindings[name.place.offset] = index
            variables[index].assignments += 1
        } else {
            globalAssignments.append(name)
        }
    }

    // MARK: Statements

    private mutating func block(_ block: LuaBlock) {
        scoped { names in
            for statement in block.statements { names.statement(statement) }
        }
    }

    private mutating func statement(_ statement: LuaStatement) {
        switch statement.kind {
        case .local(let locals, let values):
            for value in values { expression(value) }
            for (index, local) in locals.enumerated() {
                declare(local.name, index < values.count ? values[index] : nil)
            }
        case .localFunction(let name, let body):
            declare(name, LuaExpression(place: name.place, kind: .function(body)))
            function(body)
        case .assignment(let targets, let values):
            for value in values { expression(value) }
            for target in targets { assign(target) }
        case .function(let target, let body):
            assign(target)
            function(body)
        case .call(let call): expression(call)
        case .do(let body): block(body)
        case .while(let condition, let body):
            expression(condition)
            block(body)
            if condition.isAlwaysTrue, !body.canEnd { endlessLoops.append(statement.place) }
        case .repeat(let body, let condition):
            scoped { names in
                for statement in body.statements { names.statement(statement) }
                names.expression(condition)
            }
            if condition.isAlwaysFalse, !body.canEnd { endlessLoops.append(statement.place) }
        case .if(let clauses, let otherwise):
            for clause in clauses {
                expression(clause.condition)
                block(clause.block)
            }
            if let otherwise { block(otherwise) }
        case .numericFor(let name, let from, let to, let step, let body):
            for value in [from, to, step].compactMap(\.self) { expression(value) }
            scoped { names in
                names.declare(name)
                names.block(body)
            }
        case .genericFor(let variables, let values, let body):
            for value in values { expression(value) }
            scoped { names in
                for variable in variables { names.declare(variable) }
                names.block(body)
            }
        case .return(let values): for value in values { expression(value) }
        case .break, .goto, .label: break
        }
    }

    private mutating func function(_ function: LuaFunction) {
        scoped { names in
            for parameter in function.parameters { names.declare(parameter) }
            names.block(function.body)
        }
    }

    // MARK: Expressions

    private mutating func expression(_ expression: LuaExpression) {
        defer { expressions.append(expression) }
        switch expression.kind {
        case .nil, .boolean, .integer, .float, .string, .varargs: break
        case .name(let text):
            if text == "_G", lookUp(text) == nil { hasUnseenGlobals = true }
            read(LuaName(text: text, place: expression.place))
        case .function(let body): function(body)
        case .table(let fields):
            for field in fields {
                switch field {
                case .item(let value), .named(_, let value): self.expression(value)
                case .keyed(let key, let value):
                    self.expression(key)
                    self.expression(value)
                }
            }
        case .parentheses(let inner), .unary(_, let inner): self.expression(inner)
        case .binary(let first, let operations):
            self.expression(first)
            for operation in operations { self.expression(operation.operand) }
        case .suffixed(let base, let suffixes):
            self.expression(base)
            for suffix in suffixes {
                switch suffix.kind {
                case .field: break
                case .index(let index): self.expression(index)
                case .call(let arguments), .method(_, let arguments):
                    for argument in arguments { self.expression(argument) }
                }
            }
        }
    }
}

/// What is declared where, for the rules that Lua's compiler holds scripts to beyond the grammar: constants, labels and
/// jumps (Lua 5.4 manual, sections 3.3.4, 3.3.7 and 3.3.8), and how many variables a function may have.
struct LuaScope {
    private struct Variable {
        var name: String
        var isConstant: Bool
    }

    /// A jump whose label has not been seen yet; `break` is one, to a label that no script can write.
    private struct Jump {
        var label: LuaName
        /// How many variables the label may see at most.
        var visible: Int
    }

    private struct Label {
        var name: LuaName
    }

    private struct Block {
        var isLoop: Bool
        var variables: Int
        var labels: Int
        var jumps: Int
    }

    private struct Function {
        var variables: Int
        var labels: Int
        var blocks: Int
        var upvalues: Set<Int> = []
    }

    /// The most variables that a function can have at once, and the most of those around it that it can use.
    private static let maximumVariables = 200
    private static let maximumUpvalues = 255
    private static let breakLabel = "break"

    /// `_ENV` is a variable around every script.
    private var variables = [Variable(name: "_ENV", isConstant: false)]
    private var labels: [Label] = []
    private var jumps: [Jump] = []
    private var blocks: [Block] = []
    private var functions: [Function] = []

    // MARK: Scopes

    mutating func openFunction() {
        functions.append(Function(variables: variables.count, labels: labels.count, blocks: blocks.count))
        openBlock()
    }

    mutating func closeFunction() throws(LuaSyntaxError) {
        try closeBlock()
        functions.removeLast()
    }

    mutating func openBlock(isLoop: Bool = false) {
        blocks.append(
            Block(isLoop: isLoop, variables: variables.count, labels: labels.count, jumps: jumps.count)
        )
    }

    mutating func closeBlock() throws(LuaSyntaxError) {
        let block = blocks.removeLast()
        variables.removeSubrange(block.variables...)
        labels.removeSubrange(block.labels...)
        if block.isLoop {
            var open = jumps[block.jumps...]
            open.removeAll { $0.label.text == Self.breakLabel }
            jumps.replaceSubrange(block.jumps..., with: open)
        }
        if blocks.count == functions.last?.blocks, let jump = jumps[block.jumps...].first {
            let message =
                jump.label.text == Self.breakLabel
                ? "'break' stands outside of a loop"
                : "there is no label '\(jump.label.text)' that this 'goto' can see"
            throw LuaSyntaxError(place: jump.label.place, message: message)
        }
        // Seen from the block around, a jump has left the variables of this one behind.
        for index in jumps.indices.dropFirst(block.jumps) {
            jumps[index].visible = min(jumps[index].visible, block.variables)
        }
    }

    // MARK: Variables

    mutating func declare(_ name: String, at place: LuaPlace, isConstant: Bool = false) throws(LuaSyntaxError) {
        variables.append(Variable(name: name, isConstant: isConstant))
        if variables.count - (functions.last?.variables ?? 0) > Self.maximumVariables {
            throw LuaSyntaxError(
                place: place,
                message: "a function can have \(Self.maximumVariables) local variables at most; keep some in a table"
            )
        }
    }

    /// Notes that a name is used; what is no local is a field of `_ENV`.
    mutating func use(_ name: String, at place: LuaPlace) throws(LuaSyntaxError) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return try use("_ENV", at: place) }
        guard !variables[index].isConstant else { return }
        for level in functions.indices.reversed() where index < functions[level].variables {
            functions[level].upvalues.insert(index)
            if functions[level].upvalues.count > Self.maximumUpvalues {
                throw LuaSyntaxError(
                    place: place,
                    message: "a function can use \(Self.maximumUpvalues) variables of those around it at most"
                )
            }
        }
    }

    func checkAssignable(_ name: String, at place: LuaPlace) throws(LuaSyntaxError) {
        if variables.last(where: { $0.name == name })?.isConstant == true {
            throw LuaSyntaxError(place: place, message: "'\(name)' is a constant and cannot be assigned to")
        }
    }

    // MARK: Jumps

    mutating func jump(to label: LuaName) {
        let isBackward = labels[(functions.last?.labels ?? 0)...].contains { $0.name.text == label.text }
        if !isBackward { jumps.append(Jump(label: label, visible: variables.count)) }
    }

    mutating func breakLoop(at place: LuaPlace) {
        jumps.append(Jump(label: LuaName(text: Self.breakLabel, place: place), visible: variables.count))
    }

    /// Adds a label.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - isLast: Whether nothing but labels and empty statements follows in the block, whose variables it then does
    ///     not see.
    /// - Throws: The fault that it stands there already, or that a jump to it enters the scope of a variable.
    mutating func label(_ name: LuaName, isLast: Bool) throws(LuaSyntaxError) {
        if let other = labels[(functions.last?.labels ?? 0)...].first(where: { $0.name.text == name.text }) {
            throw LuaSyntaxError(
                place: name.place,
                message: "the label '\(name.text)' stands on line \(other.name.place.line) already"
            )
        }
        labels.append(Label(name: name))
        guard let block = blocks.last else { return }
        let visible = isLast ? block.variables : variables.count
        var open = jumps[block.jumps...]
        if let jump = open.first(where: { $0.label.text == name.text && $0.visible < visible }) {
            throw LuaSyntaxError(
                place: jump.label.place,
                message: "this 'goto \(name.text)' jumps into the scope of the local '\(variables[jump.visible].name)'"
            )
        }
        open.removeAll { $0.label.text == name.text }
        jumps.replaceSubrange(block.jumps..., with: open)
    }
}

import LuaSyntax

extension ScriptReader {
    /// Notes what is wrong with a call of a module's function, and what the call does.
    mutating func call(
        _ function: ScriptFunction,
        of module: ScriptModule,
        with arguments: [LuaExpression],
        at place: LuaPlace
    ) -> ScriptMeaning {
        let qualified = module.name + (function.name.isEmpty ? "" : "." + function.name)
        if !function.isVariadic, !function.isLuaFunction {
            check(arguments, against: function.parameters, of: qualified, at: place)
        }
        switch qualified {
        case "csv.read":
            guard let first = arguments.first, let path = names.resolved(first).literalString else {
                use(.readsFile)
                break
            }
            readTable(path, at: first.place)
            return .rows(file: path, first.place)
        case "html", "markdown", "text":
            if let first = arguments.first, let kind = ScriptMeaning.BodyKind(rawValue: qualified) {
                return .body(first, kind)
            }
        case "file":
            if let first = arguments.first, let path = names.resolved(first).literalString {
                readAttachment(path, at: first.place)
            }
        case "announce":
            if let first = arguments.first { announce(first) }
        case "template.render", "template.compile":
            if let first = arguments.first { _ = readTemplate(first) }
        case "graph.get": use(.readsGraph)
        case "graph.post", "graph.patch", "graph.delete": use(.writesGraph, function.name)
        case "graph.batch":
            use(.readsGraph)
            use(.writesGraph, function.name)
        case "time.sleep": use(.waits)
        case "require":
            if let first = arguments.first, let name = names.resolved(first).literalString {
                requireModule(name.text, at: first.place)
            }
        default: break
        }
        return .unknown
    }

    // MARK: Arguments

    /// Holds arguments against the parameters that they are for.
    mutating func check(
        _ arguments: [LuaExpression],
        against parameters: [ScriptParameter],
        of function: String,
        at place: LuaPlace
    ) {
        let isOpen = arguments.last?.isOpen == true
        for (index, parameter) in parameters.enumerated() {
            let name =
                parameters.count == 1 && !parameter.fields.isEmpty
                ? function : "\(function): argument \(index + 1) (\(parameter.name))"
            if index < arguments.count {
                // The last argument may turn out to be none or many.
                if isOpen, index == arguments.count - 1 { break }
                check(arguments[index], against: parameter, named: name)
            } else if isOpen {
                break
            } else if !parameter.isOptional {
                fail(.missingArgument, place, "\(name) is missing; it must be \(parameter.expectation)")
            }
        }
        if arguments.count - (isOpen ? 1 : 0) > parameters.count {
            let most =
                parameters.isEmpty ? "no arguments" : "\(parameters.count) argument\(parameters.count == 1 ? "" : "s")"
            warn(
                .tooManyArguments,
                arguments[parameters.count].place,
                "\(function) takes \(most); what follows is passed over"
            )
        }
    }

    private mutating func check(_ value: LuaExpression, against parameter: ScriptParameter, named name: String) {
        let resolved = names.resolved(value)
        if resolved.isNil {
            guard !parameter.isOptional else { return }
            return fail(.missingArgument, value.place, "\(name) is missing; it must be \(parameter.expectation)")
        }
        guard let kind = literalKind(of: resolved) else { return }
        guard parameter.kinds.contains(where: { $0.takes(kind) }) else {
            return fail(.wrongKind, value.place, "\(name) must be \(parameter.expectation), not \(kind.article)")
        }
        guard case .table(let fields) = resolved.kind else { return }
        if !parameter.fields.isEmpty {
            check(fields, of: resolved, against: parameter.fields, named: name, isWhole: isWhole(value))
        }
        guard !parameter.elementFields.isEmpty else { return }
        var position = 0
        for case .item(let element) in fields {
            position += 1
            let entry = names.resolved(element)
            guard case .table(let members) = entry.kind else { continue }
            check(
                members,
                of: entry,
                against: parameter.elementFields,
                named: "\(name), entry \(position)",
                isWhole: isWhole(element)
            )
        }
    }

    /// Whether a table is used here alone, so that its constructor says all that is in it.
    private func isWhole(_ value: LuaExpression) -> Bool {
        guard case .name = value.kind else { return true }
        return names.variable(value)?.reads == 1
    }

    private mutating func check(
        _ fields: [LuaField],
        of table: LuaExpression,
        against parameters: [ScriptParameter],
        named name: String,
        isWhole: Bool
    ) {
        var isWhole = isWhole
        var given: Set<String> = []
        for field in fields {
            let key: LuaName
            let value: LuaExpression
            switch field {
            case .named(let name, let expression): (key, value) = (name, expression)
            case .keyed(let index, let expression):
                guard let text = index.literalString?.text else {
                    isWhole = false
                    continue
                }
                (key, value) = (LuaName(text: text, place: index.place), expression)
            case .item(let expression):
                fail(
                    .unknownField,
                    expression.place,
                    "\(name) takes fields with names only",
                    "write \(parameters[0].name) = …"
                )
                continue
            }
            given.insert(key.text)
            if let parameter = parameters.first(where: { $0.name == key.text }) {
                check(value, against: parameter, named: "\(name): field '\(key.text)'")
            } else {
                let known = parameters.map(\.name)
                fail(
                    .unknownField,
                    key.place,
                    "\(name) has no field '\(key.text)'",
                    NearestName.hint(key.text, among: known) ?? "it has " + known.joined(separator: ", ")
                )
            }
        }
        guard isWhole else { return }
        for parameter in parameters where !parameter.isOptional && !given.contains(parameter.name) {
            fail(
                .missingArgument,
                table.place,
                "\(name): field '\(parameter.name)' is missing; it must be \(parameter.expectation)"
            )
        }
    }

    // MARK: Kinds of values

    /// What kind of value an expression gives for sure; nil if only a run can tell.
    private mutating func literalKind(of expression: LuaExpression) -> LiteralKind? {
        switch expression.kind {
        case .string: return .string
        case .integer: return .integer
        case .float: return .float
        case .boolean: return .boolean
        case .table: return .table
        case .function: return .function
        case .unary(.not, _): return .boolean
        case .unary(.minus, let operand):
            let kind = literalKind(of: operand)
            return kind == .integer || kind == .float ? kind : nil
        case .binary(let first, let operations):
            // Metamethods of tables of the script's own could give anything, those of literals cannot.
            if operations.allSatisfy({ $0.operation == .concatenate }), literalKind(of: first) == .string {
                return .string
            }
            return nil
        case .suffixed:
            switch meaning(of: expression) {
            case .rows, .body, .collection, .item: return .table
            case .function, .verb: return .function
            default: return nil
            }
        case .nil, .varargs, .name, .parentheses, .unary: return nil
        }
    }
}

/// What kind of value a literal is.
private enum LiteralKind {
    case string, integer, float, boolean, table, function

    /// How errors name it.
    var article: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a number"
        case .boolean: "a boolean"
        case .table: "a table"
        case .function: "a function"
        }
    }
}

extension ScriptParameter.Kind {
    fileprivate func takes(_ kind: LiteralKind) -> Bool {
        switch self {
        case .any: true
        case .string: kind == .string
        case .integer: kind == .integer
        case .number: kind == .integer || kind == .float
        case .boolean: kind == .boolean
        case .table: kind == .table
        case .function: kind == .function
        case .sequence: kind == .table || kind == .function
        }
    }

    fileprivate var article: String {
        switch self {
        case .integer: "an integer"
        case .sequence: "a list"
        case .any: "a value"
        case .string, .number, .boolean, .table, .function: "a \(rawValue)"
        }
    }
}

extension ScriptParameter {
    /// What a value must be, in words.
    fileprivate var expectation: String { kinds.map(\.article).joined(separator: " or ") }
}

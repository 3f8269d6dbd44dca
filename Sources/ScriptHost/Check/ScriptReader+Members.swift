import LuaSyntax

/// What a part of a script stands for, as far as it can be told without running it.
enum ScriptMeaning {
    case module(ScriptModule)
    case function(ScriptFunction, of: ScriptModule)
    case library(String, members: Set<String>)
    /// A collection of Graph's, or one of its items.
    case collection(GraphResource)
    case item(GraphResource)
    case verb(GraphResource.Verb)
    /// What `csv.read` gives, and where the name of the file stands.
    case rows(file: LuaString, LuaPlace)
    /// A body in an announcement, with what was in its parentheses.
    case body(LuaExpression, BodyKind)
    case unknown

    /// In what a body is written.
    enum BodyKind: String {
        case html, markdown, text
    }
}

/// Tells the expressions of a script apart, of which several may begin at one place: `a`, `a.b`, `a.b(c)`.
struct ExpressionPlace: Hashable {
    private let offset: Int
    private let suffixes: Int

    /// - Returns: nil for what is neither a name nor has suffixes.
    init?(_ expression: LuaExpression) {
        offset = expression.place.offset
        switch expression.kind {
        case .name: suffixes = 0
        case .suffixed(_, let list): suffixes = list.count
        default: return nil
        }
    }
}

extension ScriptReader {
    /// What an expression stands for; faults in its fields and calls are noted.
    mutating func meaning(of expression: LuaExpression) -> ScriptMeaning {
        guard let place = ExpressionPlace(expression) else { return findMeaning(of: expression) }
        if let known = meanings[place] { return known }
        let found = findMeaning(of: expression)
        meanings[place] = found
        return found
    }

    private mutating func findMeaning(of expression: LuaExpression) -> ScriptMeaning {
        switch expression.kind {
        case .parentheses(let inner): return meaning(of: inner)
        case .name(let name):
            if let variable = names.variable(expression) {
                guard variable.assignments == 0, let value = variable.value else { return .unknown }
                return meaning(of: value)
            }
            guard !assignedGlobals.contains(name) else { return .unknown }
            return library(name) ?? modules[name].map { .module($0) } ?? .unknown
        case .suffixed(let base, let suffixes):
            var found = meaning(of: base)
            if case .parentheses(let inner) = base.kind, inner.literalString != nil {
                found = library("string") ?? .unknown
            }
            for suffix in suffixes {
                if case .unknown = found { return .unknown }
                found = member(suffix, of: found)
            }
            return found
        default: return .unknown
        }
    }

    /// One of Lua's libraries, with the functions that a module adds to it.
    private func library(_ name: String) -> ScriptMeaning? {
        SandboxNames.libraries[name].map { members in
            .library(name, members: members.union(modules[name]?.functions.map(\.name) ?? []))
        }
    }

    private mutating func member(_ suffix: LuaSuffix, of meaning: ScriptMeaning) -> ScriptMeaning {
        // A literal string as index is a field by another name.
        var suffix = suffix
        if case .index(let index) = suffix.kind, let text = index.literalString?.text {
            suffix.kind = .field(LuaName(text: text, place: index.place))
        }
        switch meaning {
        case .module(let module): return member(suffix, of: module)
        case .function(let function, let module): return use(suffix, of: function, in: module)
        case .library(let name, let members): return member(suffix, of: name, members)
        case .collection(let resource): return member(suffix, ofCollection: resource)
        case .item(let resource): return member(suffix, ofItem: resource)
        case .verb(let verb):
            if case .call(let arguments) = suffix.kind { checkDot(verb, arguments, at: suffix.place) }
            return .unknown
        case .rows, .body, .unknown: return .unknown
        }
    }

    // MARK: Modules

    private mutating func member(_ suffix: LuaSuffix, of module: ScriptModule) -> ScriptMeaning {
        let members = module.functions.map(\.name).filter { !$0.isEmpty } + module.values.map(\.name)
        let call = module.functions.first { $0.name.isEmpty }
        switch suffix.kind {
        case .call(let arguments):
            if let call { return self.call(call, of: module, with: arguments, at: suffix.place) }
            let example = members.first.map { "call a function of it, as \(module.name).\($0)(…)" }
            fail(.notCallable, suffix.place, "'\(module.name)' cannot be called", example)
        case .field(let name):
            return field(name, of: module, members)
        case .method(let name, _):
            guard !module.functions.isEmpty else { return .unknown }
            let found = field(name, of: module, members)
            if case .function(let function, _) = found {
                fail(
                    .calledWithColon,
                    suffix.place,
                    "\(module.name).\(function.name) is called with a dot, not with a colon",
                    "write \(module.name).\(function.name)(…)"
                )
            }
        case .index:
            if members.isEmpty, call != nil {
                fail(.unknownField, suffix.place, "'\(module.name)' is a function and has no fields")
            }
        }
        return .unknown
    }

    private mutating func field(_ name: LuaName, of module: ScriptModule, _ members: [String]) -> ScriptMeaning {
        if let function = module.functions.first(where: { $0.name == name.text && !name.text.isEmpty }) {
            return .function(function, of: module)
        }
        if module.values.contains(where: { $0.name == name.text }) {
            return GraphResource.named(name.text).map { .collection($0) } ?? .unknown
        }
        // 'args' is a list, and has what it has.
        guard !module.functions.isEmpty, !addedFields.contains("\(module.name).\(name.text)") else { return .unknown }
        if members.isEmpty {
            fail(.unknownField, name.place, "'\(module.name)' is a function and has no field '\(name.text)'")
        } else {
            fail(
                .unknownField,
                name.place,
                "'\(module.name)' has no field '\(name.text)'",
                NearestName.hint(name.text, among: members) ?? "it has " + members.joined(separator: ", ")
            )
        }
        return .unknown
    }

    private mutating func use(
        _ suffix: LuaSuffix,
        of function: ScriptFunction,
        in module: ScriptModule
    ) -> ScriptMeaning {
        switch suffix.kind {
        case .call(let arguments): return call(function, of: module, with: arguments, at: suffix.place)
        case .field, .index, .method:
            fail(
                .unknownField,
                suffix.place,
                "\(module.name).\(function.name) is a function and has no fields",
                "call it: \(module.name).\(function.name)(…)"
            )
        }
        return .unknown
    }

    // MARK: Lua's libraries

    private mutating func member(_ suffix: LuaSuffix, of library: String, _ members: Set<String>) -> ScriptMeaning {
        switch suffix.kind {
        case .field(let name), .method(let name, _):
            if case .field = suffix.kind, let module = modules[library],
                let function = module.functions.first(where: { $0.name == name.text && !$0.isLuaFunction })
            {
                return .function(function, of: module)
            }
            guard !members.contains(name.text), !addedFields.contains("\(library).\(name.text)") else { break }
            fail(
                .unknownField,
                name.place,
                "'\(library)' has no field '\(name.text)'",
                NearestName.hint(name.text, among: members.sorted())
            )
        case .call:
            fail(.notCallable, suffix.place, "'\(library)' is a table of functions and cannot be called")
        case .index: break
        }
        return .unknown
    }
}

import LuaSyntax

extension ScriptReader {
    /// Notes that a module of the script's own is loaded, and which globals it makes.
    ///
    /// Its own faults are found when it is checked itself.
    mutating func requireModule(_ name: String, at place: LuaPlace) {
        guard readModules.insert(name).inserted else { return }
        let stem = name.replacing(".", with: "/")
        for path in [stem + ".lua", stem + "/init.lua"] {
            guard case .success(let bytes) = file(path) else { continue }
            use(.readsFile, path)
            guard let module = try? LuaParser.parse(bytes) else { return }
            let found = ScriptNames(module, known: [])
            moduleGlobals.formUnion(found.globalAssignments.map(\.text))
            for expression in found.expressions {
                if let inner = found.requiredModule(expression) { requireModule(inner, at: place) }
            }
            return
        }
        fail(
            .badFile,
            place,
            "there is no module '\(name)' beside the script: neither \(stem).lua nor \(stem)/init.lua"
        )
    }
}

extension ScriptNames {
    /// The name of the module that an expression loads; nil for any other.
    func requiredModule(_ expression: LuaExpression) -> String? {
        guard case .suffixed(let base, let suffixes) = expression.kind, case .name("require") = base.kind,
            variable(base) == nil, case .call(let arguments)? = suffixes.first?.kind, let first = arguments.first
        else { return nil }
        return resolved(first).literalString?.text
    }
}

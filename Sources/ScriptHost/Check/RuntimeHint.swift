package import LuaRuntime

/// What an error of a running script may have been meant to be.
package enum RuntimeHint {
    /// A hint for an error that names something which is not there; nil if there is none to give.
    ///
    /// Lua says what it found no value for: `attempt to call a nil value (global 'anounce')`.
    package static func of(_ error: LuaError) -> String? {
        guard error.kind == .runtime, error.message.contains("a nil value"),
            let match = error.message.firstMatch(of: #/\((global|field|method) '([A-Za-z0-9_]+)'\)/#)
        else { return nil }
        let name = String(match.2)
        switch match.1 {
        case "global":
            if let replacement = SandboxNames.replacements[name] { return replacement }
            let modules = ScriptModule.all.map(\.name)
            return NearestName.hint(
                name,
                among: SandboxNames.base.union(SandboxNames.libraries.keys).union(modules).sorted()
            )
        default:
            // A field that holds no function may be anything of the script's own.
            guard error.message.hasPrefix("attempt to call") else { return nil }
            let functions = ScriptModule.all.flatMap { $0.functions.map(\.name) }
            let verbs = GraphResource.Verb.allCases.map(\.rawValue)
            return NearestName.hint(
                name,
                among: Set(functions + verbs + SandboxNames.libraries.values.joined()).sorted()
            )
        }
    }
}

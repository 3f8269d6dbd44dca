/// A value that a function gives back.
package struct ScriptResult: Sendable, Equatable {
    /// In LuaCATS.
    package var type: String
    /// One word for it.
    package var name: String
}

extension ScriptFunction {
    /// What it gives back, value by value, read from ``result``.
    package var results: [ScriptResult] {
        Self.split(result, at: ",").compactMap { value in
            let words = Self.split(value, at: " ").filter { !$0.isEmpty }
            guard let name = words.last else { return nil }
            let type = words.dropLast().joined(separator: " ")
            return ScriptResult(type: type.isEmpty ? name : type, name: type.isEmpty ? "value" : name)
        }
    }

    /// Splits where the separator stands outside of all brackets.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if "(<{[".contains(character) { depth += 1 }
            if ")>}]".contains(character) { depth -= 1 }
            if character == separator, depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}

/// The Lua API as LuaCATS annotations, for editors that run lua-language-server.
///
/// One file of declarations without bodies, generated from the modules' descriptions; it is never run.
package struct LuaStubs: Sendable {
    /// The libraries of Lua's own whose declarations the language server has; the sandbox's `os` is too small for those.
    private static let declaredElsewhere: Set<String> = ["string", "table", "math", "utf8", "coroutine"]

    private let modules: [ScriptModule]

    package init(_ modules: [ScriptModule] = ScriptModule.all + ScriptModule.testing) {
        self.modules = modules
    }

    /// The text of the file.
    package var text: String {
        var lines = ["---@meta", "", "-- The Lua API of Herald, for editors. `herald types` writes this file."]
        for type in ScriptClass.all(in: modules) { lines += [""] + declaration(of: type) }
        for module in modules { lines += [""] + declaration(of: module) }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Classes

    private func declaration(of type: ScriptClass) -> [String] {
        var lines = comment(type.summary) + ["---@class \(type.name)"]
        lines += type.fields.map(field)
        if let elements = type.elements {
            lines.append("---@field [\(elements.index)] \(elements.type) \(elements.summary)")
        }
        guard !type.methods.isEmpty else { return lines }
        lines.append("local \(localName(type.name)) = {}")
        for method in type.methods {
            lines.append("")
            lines += function(
                method,
                named: "\(type.name).\(method.name)",
                as: "\(localName(type.name)):\(method.name)"
            )
        }
        return lines
    }

    private func localName(_ name: String) -> String { name.replacing(".", with: "_") }

    private func field(_ field: ScriptField) -> String {
        let isName = field.name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil
        let name = isName ? field.name : "[\"\(field.name)\"]"
        return "---@field \(name)\(field.isOptional ? "?" : "") \(field.type) \(field.summary)"
    }

    // MARK: Modules

    private func declaration(of module: ScriptModule) -> [String] {
        if let type = module.type {
            return comment(module.summary) + ["---@type \(type)", "\(module.name) = {}"]
        }
        let call = module.functions.first(where: \.name.isEmpty)
        if let call, module.functions.count == 1 { return function(call, named: module.name, as: module.name) }

        var lines = comment(module.summary)
        let isLibrary = Self.declaredElsewhere.contains(module.name)
        // A second declaration of the language server's own class adds to it.
        lines.append("---@class \(module.name)\(isLibrary ? "lib" : "")")
        lines += module.values.map(field)
        if let call { lines.append("---@overload \(signature(of: call, named: module.name))") }
        lines.append("\(module.name) = {}")
        for described in module.functions where !described.name.isEmpty {
            let name = module.qualified(described)
            lines.append("")
            lines += function(described, named: name, as: name)
        }
        return lines
    }

    // MARK: Functions

    private func function(_ function: ScriptFunction, named name: String, as declared: String) -> [String] {
        var lines = comment(function.summary)
        if !function.example.isEmpty {
            lines += ["---", "---```lua"] + function.example.split(separator: "\n").map { "---\($0)" } + ["---```"]
        }
        lines += function.parameters.map { parameter in
            let mark = parameter.isOptional ? "?" : ""
            return "---@param \(parameter.name)\(mark) \(parameter.type(in: name)) \(parameter.summary)"
        }
        if function.isVariadic { lines.append("---@param ... any") }
        lines += function.results.map { "---@return \($0.type) \($0.name)" }
        let parameters = function.parameters.map(\.name) + (function.isVariadic ? ["..."] : [])
        return lines + ["function \(declared)(\(parameters.joined(separator: ", "))) end"]
    }

    private func signature(of function: ScriptFunction, named name: String) -> String {
        let parameters = function.parameters.map { parameter in
            "\(parameter.name)\(parameter.isOptional ? "?" : ""): \(parameter.type(in: name))"
        }
        let results = function.results.map(\.type).joined(separator: ", ")
        return "fun(\(parameters.joined(separator: ", ")))\(results.isEmpty ? "" : ": \(results)")"
    }

    private func comment(_ text: String) -> [String] {
        text.split(separator: "\n").map { "---\($0)" }
    }
}

/// The reference of the Lua API in Markdown, generated from the modules' descriptions.
package struct LuaReference: Sendable {
    private let modules: [ScriptModule]
    private let testing: [ScriptModule]
    private let classes: [ScriptClass]

    /// The reference of the modules that scripts find, and of those that tests find besides.
    package init(_ modules: [ScriptModule] = ScriptModule.all, testing: [ScriptModule] = ScriptModule.testing) {
        self.modules = modules
        self.testing = testing
        classes = ScriptClass.all(in: modules + testing)
    }

    /// The text of the document.
    package var text: String {
        let sections =
            [opening, contents] + modules.map(section) + [tests] + testing.map(section) + [tables, Self.dialect]
        return sections.joined(separator: "\n\n") + "\n"
    }

    private var opening: String {
        """
        <!-- Generated from the modules' descriptions by scripts/docs; changes belong there. -->

        # The Lua API

        What a script finds besides Lua's own. Types are written as LuaCATS writes them; `?` marks what may be left out. \
        Arguments are checked: a wrong one raises a [`HostError`](#hosterror) with the code `badArgument`, which names the \
        argument and what was expected. `herald types` writes the same descriptions as stubs for editors.
        """
    }

    private var tests: String {
        """
        ## In tests

        A file whose name ends with `_test.lua` is executed by `herald test`, and finds the following besides.
        """
    }

    private var contents: String {
        func line(_ module: ScriptModule) -> String {
            let names = (module.values.map(\.name) + module.functions.map(\.name)).filter { !$0.isEmpty }
            let members = names.map { "`\($0)`" }.joined(separator: ", ")
            return "- [`\(module.name)`](#\(module.name)) \(members)".trimmingEnd
        }
        func heading(_ name: String) -> String { "- [\(name)](#\(Self.anchor(name)))" }
        let sections = [
            "Tables", "Differences from stock Lua 5.4", "What a script may not do", "Limits",
        ].map(heading)
        let entries = modules.map(line) + [heading("In tests")] + testing.map(line) + sections
        return (["## Contents", ""] + entries).joined(separator: "\n")
    }

    /// The place of a heading, as GitHub names it.
    static func anchor(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_"
                    ? character : nil
            }
        )
    }

    // MARK: Modules

    private func section(_ module: ScriptModule) -> String {
        var parts = ["## \(module.name)", module.summary]
        if !module.values.isEmpty {
            parts.append(table(["member", "type", "what it is"], module.values.map(row)))
        }
        if let type = module.type { parts.append("It is of the type \(link(type)).") }
        if !module.example.isEmpty { parts.append(code(module.example)) }
        let isFunction = module.functions.count == 1 && module.functions[0].name.isEmpty
        for function in module.functions {
            let name = module.qualified(function)
            if !isFunction { parts.append(function.name.isEmpty ? "### \(name)(…)" : "### \(name)") }
            parts.append(entry(function, named: name))
        }
        return parts.joined(separator: "\n\n")
    }

    private func entry(_ function: ScriptFunction, named name: String) -> String {
        var parts = ["`\(signature(function, named: name))`", function.summary]
        if !function.parameters.isEmpty {
            parts.append(
                table(
                    ["parameter", "type", "what it is"],
                    function.parameters.map { parameter in
                        [
                            "`\(parameter.name)\(parameter.isOptional ? "?" : "")`", link(parameter.type(in: name)),
                            parameter.summary,
                        ]
                    }
                )
            )
        }
        if !function.results.isEmpty {
            let results = function.results.map { "\(link($0.type)) \($0.name)" }
            parts.append("Gives " + results.joined(separator: ", ") + ".")
        }
        if !function.errors.isEmpty {
            let errors = function.errors.map {
                "- \(Self.isName($0.code) ? "`\($0.code)`" : $0.code) if \($0.condition)"
            }
            parts.append("Raises\n\n" + errors.joined(separator: "\n"))
        }
        parts.append(code(function.example))
        return parts.joined(separator: "\n\n")
    }

    private func signature(_ function: ScriptFunction, named name: String) -> String {
        let parameters =
            function.parameters.map { $0.name + ($0.isOptional ? "?" : "") } + (function.isVariadic ? ["…"] : [])
        return "\(name)(\(parameters.joined(separator: ", ")))"
    }

    // MARK: Tables

    private var tables: String {
        let opening = """
            ## Tables

            The tables that functions take and give, by the names that the stubs give them. Fields of a table that a function \
            takes are checked, and a name that is none of them is refused, except in the bodies of Graph's requests, which the \
            service judges.
            """
        return ([opening] + classes.map(section)).joined(separator: "\n\n")
    }

    private func section(_ described: ScriptClass) -> String {
        var parts = ["### \(described.name)", described.summary]
        if !described.fields.isEmpty {
            parts.append(table(["field", "type", "what it is"], described.fields.map(row)))
        }
        if let elements = described.elements {
            parts.append("Behind an index of the type `\(elements.index)`: \(link(elements.type)). \(elements.summary)")
        }
        if !described.methods.isEmpty {
            parts.append(
                table(
                    ["method", "takes", "gives", "what it does"],
                    described.methods.map { method in
                        let name = "\(described.name).\(method.name)"
                        let takes = method.parameters.map { link($0.type(in: name)) + ($0.isOptional ? "?" : "") }
                        return [
                            "`\(signature(method, named: ":" + method.name))`", takes.joined(separator: ", "),
                            method.results.map { link($0.type) }.joined(separator: ", "), method.summary,
                        ]
                    }
                )
            )
            parts += described.methods.map(\.example).filter { !$0.isEmpty }.map(code)
        }
        return parts.joined(separator: "\n\n")
    }

    // MARK: Markdown

    private func row(_ field: ScriptField) -> [String] {
        ["`\(field.name)\(field.isOptional ? "?" : "")`", link(field.type), field.summary]
    }

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        return ([line(head), line(head.map { _ in "---" })] + rows.map(line)).joined(separator: "\n")
    }

    private func code(_ lua: String) -> String { "```lua\n\(lua)\n```" }

    /// A type, linked to its class if it is one, or a list of one.
    private func link(_ type: String) -> String {
        let name = type.hasSuffix("[]") ? String(type.dropLast(2)) : type
        guard classes.contains(where: { $0.name == name }) else { return "`\(type)`" }
        return "[`\(type)`](#\(Self.anchor(name)))"
    }

    private static func isName(_ text: String) -> Bool { text.allSatisfy { $0.isLetter || $0.isNumber } }
}

extension String {
    fileprivate var trimmingEnd: String { hasSuffix(" ") ? String(dropLast()) : self }
}

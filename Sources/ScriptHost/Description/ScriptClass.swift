/// A table that scripts pass or get, described as data: editor stubs and the reference read this value.
///
/// Types are written as LuaCATS writes them: `string[]`, `fun(row: csv.row): string`, the names of other classes.
package struct ScriptClass: Sendable {
    /// Its name, which begins with that of the module that it belongs to: `csv.rows`.
    package var name: String
    /// One sentence.
    package var summary: String
    package var fields: [ScriptField] = []
    /// What it finds behind an index that is none of its fields.
    package var elements: Elements?
    /// What is called with a colon.
    package var methods: [ScriptFunction] = []

    /// The types of an index and of what stands there.
    package struct Elements: Sendable, Equatable {
        package var index: String
        package var type: String
        /// One sentence.
        package var summary: String
    }

    init(
        _ name: String,
        summary: String,
        fields: [ScriptField] = [],
        elements: Elements? = nil,
        methods: [ScriptFunction] = []
    ) {
        self.name = name
        self.summary = summary
        self.fields = fields
        self.elements = elements
        self.methods = methods
    }
}

/// A field of a class, or a member of a module that is no function.
package struct ScriptField: Sendable, Equatable {
    package var name: String
    /// In LuaCATS.
    package var type: String
    package var isOptional = false
    /// One sentence.
    package var summary: String

    init(_ name: String, _ type: String, optional: Bool = false, summary: String) {
        self.name = name
        self.type = type
        isOptional = optional
        self.summary = summary
    }
}

extension ScriptClass {
    /// Every class that modules speak of, in the order of the modules: those that they describe, and those of the tables
    /// that their functions take.
    package static func all(in modules: [ScriptModule]) -> [ScriptClass] {
        var classes: [ScriptClass] = []
        func add(_ new: ScriptClass) {
            for method in new.methods { addParameters(of: method, named: "\(new.name).\(method.name)") }
            if !classes.contains(where: { $0.name == new.name }) { classes.append(new) }
        }
        func addParameters(_ parameters: [ScriptParameter], of name: String) {
            for parameter in parameters {
                guard let options = parameter.fieldsClass(in: name) else { continue }
                add(options)
                addParameters(parameter.fields, of: options.name)
            }
        }
        func addParameters(of function: ScriptFunction, named name: String) {
            addParameters(function.parameters, of: name)
        }
        for module in modules {
            for function in module.functions { addParameters(of: function, named: module.qualified(function)) }
            for described in module.classes { add(described) }
        }
        return classes + [hostError]
    }

    /// What host functions raise.
    static let hostError = ScriptClass(
        "HostError",
        summary:
            "What functions of Herald raise, and `pcall` gives: `tostring` makes `announce.lua:12: message` of it.",
        fields: [
            ScriptField(
                "code",
                "string",
                summary: "What scripts branch on, such as fileNotFound, or Graph's own code."
            ),
            ScriptField("message", "string", summary: "What went wrong and what to do, for people."),
            ScriptField("status", "integer", optional: true, summary: "The HTTP status, if a service refused."),
            ScriptField(
                "requestId",
                "string",
                optional: true,
                summary: "The id under which the service logged the request."
            ),
            ScriptField("retryable", "boolean", optional: true, summary: "Whether the same call may succeed later."),
            ScriptField("script", "string", optional: true, summary: "The file of the script in which it was raised."),
            ScriptField("line", "integer", optional: true, summary: "The line, counted from 1."),
        ]
    )
}

extension ScriptModule {
    /// The name of one of its functions, as scripts write it: `csv.read`, or `announce`.
    func qualified(_ function: ScriptFunction) -> String {
        function.name.isEmpty ? name : "\(name).\(function.name)"
    }
}

extension ScriptParameter {
    /// Its type in LuaCATS, in the function of that name.
    package func type(in function: String) -> String {
        if let type { return type }
        if !fields.isEmpty { return "\(function).\(name)" }
        return kinds.map(\.type).joined(separator: "|")
    }

    /// The class of the table that it is, if its fields are known.
    func fieldsClass(in function: String) -> ScriptClass? {
        guard !fields.isEmpty else { return nil }
        let className = type(in: function)
        return ScriptClass(
            className,
            summary: summary,
            fields: fields.map {
                ScriptField($0.name, $0.type(in: className), optional: $0.isOptional, summary: $0.summary)
            }
        )
    }
}

extension ScriptParameter.Kind {
    /// What LuaCATS calls it.
    var type: String {
        switch self {
        case .string, .integer, .number, .boolean, .table, .function, .any: rawValue
        case .sequence: "table|function"
        }
    }
}

/// A module of the Lua API, described as data: registration, argument checks, editor stubs and the reference pages all
/// read this one value.
package struct ScriptModule: Sendable {
    /// The global under which scripts find it; if Lua has a library of that name, the functions are added to it.
    package var name: String
    /// One sentence.
    package var summary: String
    package var functions: [ScriptFunction]
    /// Its members that are no functions.
    package var values: [ScriptField] = []
    /// Its own type in LuaCATS, if it is a value of another kind than a table of functions.
    package var type: String? = nil
    /// Lua that shows its use and runs as it stands, where no function of its own does.
    package var example: String = ""
    /// The tables that its functions take and give; those of parameters with fields need not be among them.
    package var classes: [ScriptClass] = []
    /// Functions for the module's own Lua part; scripts never see them.
    var primitives: [ScriptPrimitive] = []
    /// Trusted Lua that puts the bodies of the functions that have none in Swift into `internal.modules[name]`.
    var lua: String = ""
}

extension ScriptModule {
    /// Every module that a script finds, in the order of the reference.
    package static let all: [ScriptModule] = [
        .graph, .announce, .csv, .html, .markdown, .text, .file, .template, .json, .parallel, .time, .log, .print,
        .args,
        .require, .string, .table, .math, .os,
    ]
}

/// A function of a module.
package struct ScriptFunction: Sendable {
    /// Its name in the module; empty for the module itself, when that can be called.
    package var name: String
    package var parameters: [ScriptParameter] = []
    /// Whether it takes any number of values, which are not checked.
    package var isVariadic = false
    /// Whether it stands for a function of Lua's own, and checks its arguments as that one does.
    package var isLuaFunction = false
    /// What it gives back: a type in LuaCATS and a word for each value, as in `integer x, integer y`; empty if nothing.
    package var result: String = ""
    /// What it does, in one or two sentences.
    package var summary: String
    /// The codes of the errors that it raises, besides `badArgument` and what all requests may meet.
    package var errors: [ScriptErrorCode] = []
    /// Lua that shows its use, and runs as it stands.
    package var example: String
    /// Its body in Swift; nil if the module's Lua part has it.
    var body: ScriptFunctionBody? = nil
}

/// A kind of error that a function raises.
package struct ScriptErrorCode: Sendable, Equatable {
    /// What stands in the error's field `code`.
    package var code: String
    /// When it is raised: a clause that goes on from "if".
    package var condition: String

    init(_ code: String, if condition: String) {
        self.code = code
        self.condition = condition
    }
}

/// A parameter of a function, or a field of a table that is one.
package struct ScriptParameter: Sendable {
    /// What a value may be, by Lua's names and a few of ours.
    package enum Kind: String, Sendable {
        case string, integer, number, boolean, table, function
        /// A table or nothing else than what `csv.read`, `each` and the like give: something to loop over.
        case sequence
        case any
    }

    package var name: String
    package var kinds: [Kind]
    /// Its type in LuaCATS, where the kinds say too little; with fields, the name of their class.
    package var type: String?
    package var isOptional = false
    /// One sentence.
    package var summary: String
    /// The fields of a table that are known; any other field is refused.
    ///
    /// Empty: any field may stand.
    package var fields: [ScriptParameter] = []
    /// The fields of the tables in a list that are known; any other field is refused.
    ///
    /// Empty: any field may stand.
    package var elementFields: [ScriptParameter] = []

    package init(
        _ name: String,
        _ kinds: Kind...,
        type: String? = nil,
        optional: Bool = false,
        summary: String,
        fields: [ScriptParameter] = [],
        elementFields: [ScriptParameter] = []
    ) {
        self.name = name
        self.kinds = kinds
        self.type = type
        isOptional = optional
        self.summary = summary
        self.fields = fields
        self.elementFields = elementFields
    }
}

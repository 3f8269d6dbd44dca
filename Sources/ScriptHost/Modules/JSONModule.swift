extension ScriptModule {
    /// `json`: values as text.
    static let json = ScriptModule(
        name: "json",
        summary: "JSON text from Lua values and back, strictly by RFC 8259.",
        functions: [
            ScriptFunction(
                name: "encode",
                parameters: [
                    ScriptParameter("value", .any, summary: "What to encode; json.null stands for null."),
                    ScriptParameter(
                        "options",
                        .table,
                        optional: true,
                        summary: "How to write it.",
                        fields: [
                            ScriptParameter("pretty", .boolean, optional: true, summary: "Indent by two spaces.")
                        ]
                    ),
                ],
                result: "string text",
                summary: "Writes a value as JSON, the members of objects in the order of their names.",
                errors: [ScriptErrorCode("badJSON", if: "the value cannot be written; the place in it is named")],
                example: #"print(json.encode({ topic = "Rest", tags = { "a", "b" } }))"#
            ),
            ScriptFunction(
                name: "decode",
                parameters: [
                    ScriptParameter("text", .string, summary: "The JSON text."),
                    ScriptParameter(
                        "options",
                        .table,
                        optional: true,
                        summary: "How to read it.",
                        fields: [
                            ScriptParameter(
                                "null",
                                .string,
                                type: "\"keep\"|\"drop\"",
                                optional: true,
                                summary: "\"keep\" (as json.null) or \"drop\"."
                            ),
                            ScriptParameter(
                                "bigint",
                                .string,
                                type: "\"error\"|\"string\"",
                                optional: true,
                                summary: "\"error\", or \"string\" for integers beyond 64 bits."
                            ),
                        ]
                    ),
                ],
                result: "any value",
                summary: "Reads a JSON text; arrays stay arrays when they are encoded again, even when they are empty.",
                errors: [ScriptErrorCode("badJSON", if: "the text is no JSON; the byte and the place are named")],
                example: #"print(json.decode('{"id":9007199254740993}').id)"#
            ),
            ScriptFunction(
                name: "array",
                parameters: [ScriptParameter("list", .table, optional: true, summary: "The elements.")],
                result: "table array",
                summary: "Marks a table as an array, so that an empty one is encoded as [].",
                example: "print(json.encode(json.array {}))"
            ),
            ScriptFunction(
                name: "object",
                parameters: [ScriptParameter("members", .table, optional: true, summary: "The members.")],
                result: "table object",
                summary: "Marks a table as an object, whose integer keys are encoded as text.",
                example: "print(json.encode(json.object { [7] = \"seven\" }))"
            ),
        ],
        values: [ScriptField("null", "json.null", summary: "What JSON's null is in Lua; it is true in conditions.")],
        classes: [ScriptClass("json.null", summary: "The one value that stands for null, and prints as it.")],
        lua: """
            local host, globals, internal = ...
            internal.modules.json = {
              value = { null = internal.null },
              encode = internal.encode,
              decode = internal.decode,
              array = function(list) return internal.array(list or {}) end,
              object = function(members) return internal.object(members or {}) end,
            }
            """
    )
}

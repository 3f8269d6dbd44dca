import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `csv`: tables as text.
    ///
    /// What `csv.read` gives is a sequence that the host holds; a row becomes a Lua table when it is touched.
    static let csv = ScriptModule(
        name: "csv",
        summary: "Comma-separated values (RFC 4180).",
        functions: [
            ScriptFunction(
                name: "read",
                parameters: [ScriptParameter("path", .string, summary: "A file below the script's folder.")],
                result: "csv.rows rows",
                summary:
                    "The rows of a file, each a table by the names of the header; `#rows`, `rows[1]`, `ipairs(rows)`.",
                errors: [
                    ScriptErrorCode("fileNotFound", if: "there is no such file"),
                    ScriptErrorCode("fileRefused", if: "it lies outside of the script's folder, or is too large"),
                    ScriptErrorCode("fileUnreadable", if: "it cannot be read"),
                    ScriptErrorCode("badCSV", if: "it is no table; the line is named"),
                ],
                example: #"for _, row in ipairs(csv.read "groups.csv") do print(row.displayName) break end"#
            ),
            ScriptFunction(
                name: "parse",
                parameters: [ScriptParameter("text", .string, summary: "The text of a table.")],
                result: "csv.rows rows",
                summary: "The rows of a text, like those of csv.read.",
                errors: [ScriptErrorCode("badCSV", if: "it is no table; the line is named")],
                example: #"print(csv.parse("id,name\n1,Contoso\n")[1].name)"#
            ),
            ScriptFunction(
                name: "write",
                parameters: [
                    ScriptParameter(
                        "rows",
                        .table,
                        type: "table[]",
                        summary: "Rows, each a table by column or a list of cells."
                    ),
                    ScriptParameter(
                        "columns",
                        .table,
                        type: "string[]",
                        optional: true,
                        summary: "The columns in their order; needed for rows that are tables by column."
                    ),
                ],
                summary: "Writes rows to standard output, with a header if the columns are given.",
                example: #"csv.write({ { id = 1, name = "Contoso" } }, { "id", "name" })"#,
                body: .immediate { context, json throws(HostError) in
                    try context.print(try csvText(try ScriptArguments(json)))
                    return ScriptReply.nothing
                }
            ),
        ],
        classes: [
            ScriptClass(
                "csv.rows",
                summary: "The rows of a table, held outside of the script's memory; they cannot be changed.",
                elements: ScriptClass.Elements(index: "integer", type: "csv.row", summary: "A row, counted from 1.")
            ),
            ScriptClass(
                "csv.row",
                summary: "A row, by the names of the columns; an empty cell is an empty text.",
                elements: ScriptClass.Elements(index: "string", type: "string", summary: "The cell of a column.")
            ),
        ],
        primitives: [
            ScriptPrimitive(
                "csv.open",
                .waiting { context, json throws(HostError) in
                    let path = try ScriptArguments(json).string(0)
                    return try open(try await context.files.read(path), named: path, in: context.objects.tables)
                }
            ),
            ScriptPrimitive(
                "csv.openText",
                .immediate { context, json throws(HostError) in
                    try open(
                        Array(try ScriptArguments(json).string(0).utf8),
                        named: "csv.parse",
                        in: context.objects.tables
                    )
                }
            ),
            ScriptPrimitive(
                "csv.row",
                .immediate { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let table = try context.objects.tables(try arguments.integer(0))
                    let row = table.rows[try arguments.integer(1) - 1]
                    return JSONWriter.bytes(capacity: 512) { writer in
                        writer.object { writer in
                            for (index, name) in table.columns.enumerated() {
                                writer.name(name)
                                writer.string(row[index])
                            }
                        }
                    }
                }
            ),
        ],
        lua: """
            local host, globals, internal = ...
            local open, openText, row = host["csv.open"], host["csv.openText"], host["csv.row"]
            local held = setmetatable({}, { __mode = "k" })

            -- The host's number for what csv.read gave, or nil for any other table.
            function internal.table_handle(value)
              local t = held[value]
              return t and t.handle
            end

            local meta = { __metatable = false, __name = "rows" }
            function meta.__len(rows) return held[rows].count end
            function meta.__index(rows, i)
              local t = held[rows]
              if math.type(i) ~= "integer" or i < 1 or i > t.count then return nil end
              return row(t.handle, i)
            end
            function meta.__newindex()
              internal.fail("badArgument", "the rows of a file cannot be changed; copy them into a table of your own")
            end
            function meta.__pairs(rows)
              local i = 0
              return function()
                i = i + 1
                local r = rows[i]
                if r then return i, r end
              end
            end

            local function rows(opened)
              local proxy = setmetatable({}, meta)
              held[proxy] = opened
              return proxy
            end
            internal.modules.csv = {
              read = function(path) return rows(open(path)) end,
              parse = function(text) return rows(openText(text)) end,
            }
            """
    )

    private static func open(
        _ bytes: [UInt8],
        named name: String,
        in tables: HandleTable<CSVTable>
    ) throws(HostError) -> [UInt8] {
        do throws(CSVFault) {
            let table = try CSVTable(bytes, name: name)
            return JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("handle", tables.insert(table))
                    writer.member("count", table.rows.count)
                }
            }
        } catch {
            throw HostError(code: "badCSV", message: error.description)
        }
    }

    private static func csvText(_ arguments: ScriptArguments) throws(HostError) -> [UInt8] {
        let columns = arguments[1].elements?.map(cell)
        var writer = CSVWriter()
        if let columns { writer.row(columns) }
        for (index, row) in (arguments[0].elements ?? []).enumerated() {
            if let cells = row.elements, columns == nil || !cells.isEmpty {
                writer.row(cells.map(cell))
            } else if let columns {
                writer.row(columns.map { cell(row[$0] ?? .null) })
            } else {
                throw HostError(
                    code: "badArgument",
                    message: "csv.write: row \(index + 1) is a table by column; give the columns in their order as the "
                        + "second argument"
                )
            }
        }
        return writer.bytes
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .boolean(let boolean): boolean ? "true" : "false"
        case .integer(let integer): String(integer)
        case .number(let number): number.description
        case .string(let text): text
        case .array(let elements): elements.map(cell).joined(separator: "; ")
        case .object: String(decoding: JSONWriter.bytes { $0.value(value) }, as: UTF8.self)
        }
    }
}

import Announcements
import GraphModel
import Logging
import LuaRuntime

extension ScriptModule {
    /// `print`: to standard output.
    static let print = ScriptModule(
        name: "print",
        summary: "Writes values to standard output.",
        functions: [
            ScriptFunction(
                name: "",
                isVariadic: true,
                summary: "Writes its arguments as text, with tabs between them and a line break behind them.",
                example: "print(\"groups\", 2000)"
            )
        ],
        primitives: [
            ScriptPrimitive(
                "output.write",
                .immediate { context, json throws(HostError) in
                    try context.print(Array(try ScriptArguments(json).string(0).utf8))
                    return ScriptReply.nothing
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local write = host["output.write"]
            -- JSON carries UTF-8 only; a script may print any bytes, so what is no UTF-8 becomes U+FFFD.
            function internal.utf8(s)
              local parts, from = {}, 1
              while true do
                local length, bad = utf8.len(s, from)
                if length then
                  parts[#parts + 1] = string.sub(s, from)
                  return table.concat(parts)
                end
                parts[#parts + 1] = string.sub(s, from, bad - 1)
                parts[#parts + 1] = "\\u{FFFD}"
                from = bad + 1
              end
            end
            internal.modules.print = {
              [""] = function(...)
                local parts = table.pack(...)
                for i = 1, parts.n do parts[i] = tostring(parts[i]) end
                write(internal.utf8(table.concat(parts, "\\t", 1, parts.n) .. "\\n"))
              end,
            }
            """
    )

    /// `log`: to the run's log.
    static let log = {
        let levels: [(name: String, level: Logger.Level)] = [
            ("debug", .debug), ("info", .info), ("warn", .warning), ("error", .error),
        ]
        return ScriptModule(
            name: "log",
            summary: "Writes to the run's log, on standard error.",
            functions: levels.map { name, _ in
                ScriptFunction(
                    name: name,
                    parameters: [
                        ScriptParameter("message", .any, summary: "The message, or the format of string.format.")
                    ],
                    isVariadic: true,
                    summary: "Logs a message of the level \(name); the arguments are those of string.format.",
                    example: "log.\(name)(\"%d groups\", 2000)"
                )
            },
            primitives: levels.map { name, level in
                ScriptPrimitive(
                    "log.write.\(name)",
                    .immediate { context, json throws(HostError) in
                        try context.log(try ScriptArguments(json).string(0), level)
                        return ScriptReply.nothing
                    }
                )
            },
            lua: """
                local host, globals, internal = ...
                local functions = {}
                for _, level in ipairs { "debug", "info", "warn", "error" } do
                  local write = host["log.write." .. level]
                  functions[level] = function(message, ...)
                    local text = tostring(message)
                    if select("#", ...) > 0 then
                      local done, formatted = pcall(string.format, text, ...)
                      if not done then internal.fail("badArgument", "log." .. level .. ": " .. tostring(formatted)) end
                      text = formatted
                    end
                    write(internal.utf8(text))
                  end
                end
                internal.modules.log = functions
                """
        )
    }()

    /// `args`: what stood behind the script's name.
    static let args = ScriptModule(
        name: "args",
        summary: "The arguments that stood behind the script's name: args[1], args[2], and so on.",
        functions: [],
        type: "string[]",
        example: "for place, argument in ipairs(args) do print(place, argument) end",
        primitives: [
            ScriptPrimitive(
                "args.values",
                .immediate { context, _ throws(HostError) in
                    JSONWriter.bytes { writer in
                        writer.array { writer in
                            for argument in context.run.arguments { writer.string(argument) }
                        }
                    }
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            internal.modules.args = { value = host["args.values"]() }
            """
    )
}

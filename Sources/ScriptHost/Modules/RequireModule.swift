import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `require`: the script's own modules.
    static let require = ScriptModule(
        name: "require",
        summary: "The script's own modules.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter(
                        "name",
                        .string,
                        summary: "\"lib.greeting\" is lib/greeting.lua or lib/greeting/init.lua."
                    )
                ],
                result: "any value",
                summary: "Runs a Lua file below the script's folder, once, and gives what it returns, or true.",
                errors: [
                    ScriptErrorCode("moduleNotFound", if: "neither file is there"),
                    ScriptErrorCode("badModule", if: "the module needs itself, or is no UTF-8 text"),
                    ScriptErrorCode("syntax", if: "the module is no Lua"),
                ],
                example: #"local greeting = require "greeting"  print(greeting.hello("Contoso"))"#
            )
        ],
        primitives: [
            ScriptPrimitive(
                "require.source",
                .waiting { context, json throws(HostError) in
                    try await source(try ScriptArguments(json).string(0), context)
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local fail, source = internal.fail, host["require.source"]
            local loaded, underWay = {}, {}
            local leaving = {
              __close = function(entry) underWay[entry.name], underWay[#underWay] = nil, nil end,
            }

            internal.modules.require = {
              [""] = function(name)
                if loaded[name] ~= nil then return loaded[name] end
                if underWay[name] then
                  fail("badModule", "require: '" .. name .. "' is needed by what it needs itself: "
                    .. table.concat(underWay, " → ") .. " → " .. name)
                end
                local found = source(name)
                local chunk, message = internal.load(found.source, found.path)
                if not chunk then fail("syntax", message) end
                underWay[name], underWay[#underWay + 1] = true, name
                local entry <close> = setmetatable({ name = name }, leaving)
                local value = chunk(name, found.path)
                if value == nil then value = true end
                loaded[name] = value
                return value
              end,
            }
            """
    )

    private static func source(_ name: String, _ context: ScriptContext) async throws(HostError) -> [UInt8] {
        guard name.wholeMatch(of: #/[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*/#) != nil, name.utf8.count <= 200 else {
            throw HostError(
                code: "badArgument",
                message: "require: '\(name.prefix(60))' is no module's name; write lib.greeting for lib/greeting.lua"
            )
        }
        let stem = name.replacing(".", with: "/")
        for path in [stem + ".lua", stem + "/init.lua"] {
            let bytes: [UInt8]
            do throws(HostError) {
                bytes = try await context.files.read(path)
            } catch {
                if error.code == "fileNotFound" { continue }
                throw error
            }
            guard bytes.count <= context.objects.limits.sourceSize else { throw .limit(.sourceSize) }
            context.objects.keep(bytes, module: path)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw HostError(code: "badModule", message: "require: \(path) is no UTF-8 text")
            }
            return JSONWriter.bytes(capacity: bytes.count + 64) { writer in
                writer.object { writer in
                    writer.member("path", path)
                    writer.member("source", text)
                }
            }
        }
        throw HostError(
            code: "moduleNotFound",
            message: "require: there is neither \(stem).lua nor \(stem)/init.lua beside the script"
        )
    }
}

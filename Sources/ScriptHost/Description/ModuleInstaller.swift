import GraphModel
package import LuaRuntime

/// Turns described modules into what ``ScriptVM`` is opened with.
package struct ModuleInstaller: Sendable {
    /// The host functions of all modules.
    package let functions: [HostFunction]
    /// The trusted Lua that installs them in the script's globals.
    package let prelude: [LuaChunk]

    package init(_ modules: [ScriptModule], context: ScriptContext) {
        let description = Self.describe(modules)
        functions =
            modules.flatMap { module in
                module.primitives.map { HostFunction(name: $0.name, body: $0.body.bound(to: context)) }
                    + module.functions.compactMap { function in
                        function.body.map {
                            HostFunction(name: "\(module.name).\(function.name)", body: $0.bound(to: context))
                        }
                    }
            } + [HostFunction(name: "herald.modules", body: .immediate { _ in description })]
        prelude =
            [LuaChunk(name: "=[herald]", source: Array(Self.support.utf8))]
            + modules.filter { !$0.lua.isEmpty }.map { LuaChunk(name: "=[herald]", source: Array($0.lua.utf8)) }
            + [LuaChunk(name: "=[herald]", source: Array(Self.install.utf8))]
    }

    private static func describe(_ modules: [ScriptModule]) -> [UInt8] {
        func describe(_ parameters: [ScriptParameter], _ writer: inout JSONWriter) {
            writer.array { writer in
                for parameter in parameters {
                    writer.object { writer in
                        writer.member("name", parameter.name)
                        writer.member("optional", parameter.isOptional)
                        writer.name("kinds")
                        writer.array { writer in
                            for kind in parameter.kinds { writer.string(kind.rawValue) }
                        }
                        if !parameter.fields.isEmpty {
                            writer.name("fields")
                            describe(parameter.fields, &writer)
                        }
                        if !parameter.elementFields.isEmpty {
                            writer.name("elementFields")
                            describe(parameter.elementFields, &writer)
                        }
                    }
                }
            }
        }
        return JSONWriter.bytes(capacity: 4096) { writer in
            writer.array { writer in
                for module in modules {
                    writer.object { writer in
                        writer.member("name", module.name)
                        writer.name("functions")
                        writer.array { writer in
                            for function in module.functions {
                                writer.object { writer in
                                    writer.member("name", function.name)
                                    writer.member("unchecked", function.isVariadic || function.isLuaFunction)
                                    writer.name("parameters")
                                    describe(function.parameters, &writer)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the modules' Lua parts build on: names that are nearly right, and checks of values.
    private static let support = """
        local host, globals, internal = ...
        local fail = internal.fail
        internal.modules = {}

        local function distance(a, b)
          local previous = {}
          for j = 0, #b do previous[j] = j end
          for i = 1, #a do
            local current = { [0] = i }
            for j = 1, #b do
              local same = string.lower(string.sub(a, i, i)) == string.lower(string.sub(b, j, j))
              current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same and 0 or 1))
            end
            previous = current
          end
          return previous[#b]
        end

        -- " (did you mean 'topic'?)" where one of the names is near, else ""
        function internal.hint(name, names)
          if type(name) ~= "string" or #name > 40 then return "" end
          local best, nearest = 3, nil
          for _, candidate in ipairs(names) do
            local d = distance(name, candidate)
            if d < best and d < #candidate then best, nearest = d, candidate end
          end
          return nearest and (" (did you mean '" .. nearest .. "'?)") or ""
        end

        local function fits(kind, value)
          local actual = type(value)
          if kind == "any" then return value ~= nil end
          if kind == "integer" then return math.type(value) == "integer" end
          if kind == "sequence" then return actual == "table" or actual == "function" end
          return actual == kind
        end

        local function described(value)
          if value == nil then return "nothing" end
          if type(value) == "number" then return math.type(value) == "integer" and "an integer" or "a number" end
          if type(value) == "table" then return "a table" end
          return "a " .. type(value)
        end

        local articles = { integer = "an integer", sequence = "a list", any = "a value" }
        local function expected(parameter)
          local kinds = {}
          for i, kind in ipairs(parameter.kinds) do kinds[i] = articles[kind] or ("a " .. kind) end
          return table.concat(kinds, " or ")
        end

        local check

        -- Checks the fields of a table.
        local function check_fields(place, fields, value)
          local names = {}
          for i, field in ipairs(fields) do
            names[i], names[field.name] = field.name, true
            check(place .. ": field '" .. field.name .. "'", field, rawget(value, field.name))
          end
          for key in next, value do
            if names[key] ~= true or type(key) ~= "string" then
              fail("badArgument", place .. " has no field '" .. tostring(key) .. "'" .. internal.hint(key, names))
            end
          end
        end

        -- Checks one value; `place` names it in the error.
        function check(place, parameter, value)
          if value == nil then
            if parameter.optional then return end
            fail("badArgument", place .. " is missing; it must be " .. expected(parameter))
          end
          local fitting = false
          for _, kind in ipairs(parameter.kinds) do fitting = fitting or fits(kind, value) end
          if not fitting then
            fail("badArgument", place .. " must be " .. expected(parameter) .. ", not " .. described(value))
          end
          if type(value) ~= "table" then return end
          if parameter.fields then check_fields(place, parameter.fields, value) end
          if parameter.elementFields then
            for i, element in ipairs(value) do
              if type(element) == "table" then
                check_fields(place .. ", entry " .. i, parameter.elementFields, element)
              end
            end
          end
        end
        internal.check = check
        """

    /// Wraps each described function in the checks of its arguments and puts it where scripts find it.
    private static let install = """
        local host, globals, internal = ...
        local check, type = internal.check, type

        -- The type of Lua's that a value has if it fits for sure; nil where more is to be looked at.
        local function plain(parameter)
          local kind = #parameter.kinds == 1 and parameter.kinds[1]
          if kind == "string" or kind == "number" or kind == "boolean" or kind == "function" then return kind end
        end

        -- Who waits keeps its stack, which is doubled where a call that is nested deeper needs more of it: so what fits
        -- is not checked further.
        local function wrap(qualified, description, body)
          local p = description.parameters
          local places = {}
          for i, parameter in ipairs(p) do
            places[i] = qualified .. ": argument " .. i .. " (" .. parameter.name .. ")"
            if #p == 1 and parameter.fields then places[i] = qualified end
          end
          if description.unchecked or #p == 0 then return body end
          local p1, p2, p3, p4 = p[1], p[2], p[3], p[4]
          local n1, n2, n3, n4 = places[1], places[2], places[3], places[4]
          local t1, t2 = plain(p1), p2 and plain(p2)
          if #p == 1 then
            return function(a)
              if type(a) ~= t1 then check(n1, p1, a) end
              return body(a)
            end
          elseif #p == 2 then
            return function(a, b)
              if type(a) ~= t1 then check(n1, p1, a) end
              if type(b) ~= t2 then check(n2, p2, b) end
              return body(a, b)
            end
          elseif #p == 3 then
            return function(a, b, c)
              if type(a) ~= t1 then check(n1, p1, a) end
              if type(b) ~= t2 then check(n2, p2, b) end
              check(n3, p3, c)
              return body(a, b, c)
            end
          end
          return function(a, b, c, d)
            check(n1, p1, a) check(n2, p2, b) check(n3, p3, c) check(n4, p4, d)
            return body(a, b, c, d)
          end
        end

        for _, module in ipairs(host["herald.modules"]()) do
          local bodies = internal.modules[module.name] or {}
          local library = globals[module.name]
          local value, call = bodies.value or (type(library) == "table" and library) or {}, nil
          for _, description in ipairs(module.functions) do
            local qualified = module.name .. (description.name ~= "" and ("." .. description.name) or "")
            local body = bodies[description.name] or host[module.name .. "." .. description.name]
            local wrapped = wrap(qualified, description, body)
            if description.name == "" then call = wrapped else value[description.name] = wrapped end
            -- What `string` has, strings have as methods.
            if module.name == "string" then internal.string_methods[description.name] = wrapped end
          end
          if call and #module.functions == 1 then
            globals[module.name] = call
          else
            if call then
              setmetatable(value, { __call = function(_, ...) return call(...) end, __metatable = false })
            end
            globals[module.name] = value
          end
        end
        """
}

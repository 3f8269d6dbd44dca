import Foundation
import LuaRuntime

// What Herald adds to Lua's own libraries, and what it replaces in them because it would differ from run to run.

extension ScriptModule {
    /// `string`: what scripts would write again and again.
    static let string = ScriptModule(
        name: "string",
        summary: "Lua's string library, and a few functions that scripts need often; all are methods of strings, too.",
        functions: [
            ScriptFunction(
                name: "trim",
                parameters: [ScriptParameter("s", .string, summary: "Any text.")],
                result: "string text",
                summary: "The text without white space at its beginning and end.",
                example: #"print(("  Contoso "):trim())"#
            ),
            ScriptFunction(
                name: "split",
                parameters: [
                    ScriptParameter("s", .string, summary: "Any text."),
                    ScriptParameter("separator", .string, summary: "What stands between the parts, as it is."),
                ],
                result: "string[] parts",
                summary: "The parts of a text between separators; an empty text has one empty part.",
                example: #"for _, name in ipairs(("Adele,Alex"):split(",")) do print(name) end"#
            ),
            ScriptFunction(
                name: "starts",
                parameters: [
                    ScriptParameter("s", .string, summary: "Any text."),
                    ScriptParameter("beginning", .string, summary: "What it may begin with, as it is."),
                ],
                result: "boolean starts",
                summary: "Whether a text begins with another one.",
                example: #"print(("wellness-2026"):starts("wellness"))"#
            ),
            ScriptFunction(
                name: "ends",
                parameters: [
                    ScriptParameter("s", .string, summary: "Any text."),
                    ScriptParameter("ending", .string, summary: "What it may end with, as it is."),
                ],
                result: "boolean ends",
                summary: "Whether a text ends with another one.",
                example: #"print(("groups.csv"):ends(".csv"))"#
            ),
        ],
        lua: """
            local host, globals, internal = ...
            internal.modules.string = {
              trim = function(s) return (string.gsub(string.gsub(s, "^%s+", ""), "%s+$", "")) end,
              split = function(s, separator)
                if separator == "" then internal.fail("badArgument", "string.split: the separator is empty") end
                local parts, from = {}, 1
                while true do
                  local first, last = string.find(s, separator, from, true)
                  if not first then
                    parts[#parts + 1] = string.sub(s, from)
                    return parts
                  end
                  parts[#parts + 1] = string.sub(s, from, first - 1)
                  from = last + 1
                end
              end,
              starts = function(s, beginning) return string.sub(s, 1, #beginning) == beginning end,
              ends = function(s, ending) return ending == "" or string.sub(s, -#ending) == ending end,
            }
            """
    )

    /// `table`: what scripts would write again and again.
    static let table = ScriptModule(
        name: "table",
        summary: "Lua's table library, and a few functions that scripts need often.",
        functions: [
            ScriptFunction(
                name: "map",
                parameters: [
                    ScriptParameter("list", .sequence, summary: "A list, the rows of a file, or an iterator."),
                    ScriptParameter(
                        "fn",
                        .function,
                        type: "fun(item: any, place: integer): any",
                        summary: "Called with each item and its place."
                    ),
                ],
                result: "any[] list",
                summary: "What a function gives for each item, without the nils.",
                example: #"local ids = table.map(csv.read "groups.csv", function(row) return row.id end)"#
            ),
            ScriptFunction(
                name: "filter",
                parameters: [
                    ScriptParameter("list", .sequence, summary: "A list, the rows of a file, or an iterator."),
                    ScriptParameter(
                        "fn",
                        .function,
                        type: "fun(item: any, place: integer): any",
                        summary: "Called with each item and its place."
                    ),
                ],
                result: "any[] list",
                summary: "The items for which a function gives true.",
                example: """
                    local mailed = table.filter(csv.read "groups.csv", function(row) return row.displayName ~= "" end)
                    print(#mailed)
                    """
            ),
        ],
        lua: """
            local host, globals, internal = ...
            local function each(list, fn)
              if type(list) == "function" then
                local place = 0
                for item in list do
                  place = place + 1
                  fn(item, place)
                end
              else
                for place, item in ipairs(list) do fn(item, place) end
              end
            end
            internal.modules.table = {
              map = function(list, fn)
                local out = {}
                each(list, function(item, place) out[#out + 1] = fn(item, place) end)
                return out
              end,
              filter = function(list, fn)
                local out = {}
                each(list, function(item, place)
                  if fn(item, place) then out[#out + 1] = item end
                end)
                return out
              end,
            }
            """
    )

    /// `math`: chance that a resumed run meets again.
    static let math = ScriptModule(
        name: "math",
        summary: "Lua's math library; its random numbers are the run's own, the same when the run is resumed.",
        functions: [
            ScriptFunction(
                name: "randomseed",
                parameters: [
                    ScriptParameter("x", .number, optional: true, summary: "A seed; none for one of the run's own."),
                    ScriptParameter("y", .integer, optional: true, summary: "More of the seed."),
                ],
                isLuaFunction: true,
                result: "integer x, integer y",
                summary: "Begins the random numbers anew, and gives the seed that was taken.",
                example: "math.randomseed(2026)  print(math.random(6))"
            )
        ],
        primitives: [
            ScriptPrimitive(
                "math.seed",
                .immediate { context, _ throws(HostError) in
                    ScriptReply.integer(Int(context.journal.next("seed") { Int64.random(in: .min ... .max) }))
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local seed, randomseed = host["math.seed"], globals.math.randomseed
            internal.modules.math = {
              randomseed = function(...)
                if select("#", ...) == 0 then return randomseed(seed(), seed()) end
                return randomseed(...)
              end,
            }
            randomseed(seed(), seed())
            """
    )

    /// `os`: the run's clock, in universal time.
    static let os = ScriptModule(
        name: "os",
        summary: "Of Lua's os library, the clocks: in universal time, and the same when the run is resumed.",
        functions: [
            ScriptFunction(
                name: "time",
                parameters: [
                    ScriptParameter(
                        "date",
                        .table,
                        optional: true,
                        summary: "year, month, day; hour, min, sec; in UTC."
                    )
                ],
                isLuaFunction: true,
                result: "integer seconds",
                summary: "The present moment, or that of a date, in seconds since 1970-01-01 UTC.",
                example: "print(os.time { year = 2026, month = 1, day = 15 })"
            ),
            ScriptFunction(
                name: "date",
                parameters: [
                    ScriptParameter(
                        "format",
                        .string,
                        optional: true,
                        summary: "As strftime has it, or \"*t\" for a table."
                    ),
                    ScriptParameter("time", .integer, optional: true, summary: "Seconds since 1970-01-01 UTC."),
                ],
                isLuaFunction: true,
                result: "string|table date",
                summary: "A moment as text or as a table, in UTC, with or without the \"!\" before the format.",
                example: #"print(os.date("%Y-%m-%d", 0))"#
            ),
            ScriptFunction(
                name: "clock",
                isLuaFunction: true,
                result: "number seconds",
                summary: "The processor time that the script has used, in seconds, to the hundredth.",
                example: "print(os.clock() >= 0)",
                body: .immediate { context, _ throws(HostError) in
                    let hundredths = context.journal.next("clock") {
                        var time = timespec()
                        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
                        return Int64(time.tv_sec) * 100 + Int64(time.tv_nsec) / 10_000_000
                    }
                    return ScriptReply.number(Double(hundredths) / 100)
                }
            ),
            ScriptFunction(
                name: "difftime",
                parameters: [
                    ScriptParameter("later", .number, summary: "A moment, in seconds."),
                    ScriptParameter("earlier", .number, summary: "Another one."),
                ],
                isLuaFunction: true,
                result: "number seconds",
                summary: "The seconds between two moments.",
                example: "print(os.difftime(5400, 0))"
            ),
        ],
        primitives: [
            ScriptPrimitive(
                "os.now",
                .bare { context throws(HostError) in .integer(context.seconds) }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local now, date, difftime = host["os.now"], globals.os.date, globals.os.difftime

            -- Days from 1970-01-01 to the first of a month; months may be any number (Gregorian calendar).
            local function days(year, month)
              year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
              if month <= 2 then year, month = year - 1, month + 12 end
              return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 - 719468
            end

            local function field(t, name, default)
              local value = t[name]
              local number = math.tointeger(value)
              if not number then
                if value ~= nil then error("field '" .. name .. "' is not an integer", 3) end
                if not default then error("field '" .. name .. "' missing in date table", 3) end
                return default
              end
              if number < -(1 << 31) or number >= 1 << 31 then error("field '" .. name .. "' is out-of-bound", 3) end
              return number
            end

            internal.modules.os = {
              difftime = difftime,
              time = function(t)
                if t == nil then return now() end
                if type(t) ~= "table" then
                  error("bad argument #1 to 'time' (table expected, got " .. type(t) .. ")", 2)
                end
                local year, month, day = field(t, "year"), field(t, "month"), field(t, "day")
                local hour, minute, second = field(t, "hour", 12), field(t, "min", 0), field(t, "sec", 0)
                local seconds = (days(year, month) + day - 1) * 86400 + hour * 3600 + minute * 60 + second
                -- The fields come back as a calendar has them, as the manual says.
                for name, value in next, date("!*t", seconds) do t[name] = value end
                return seconds
              end,
              date = function(format, time)
                format = format == nil and "%c" or format
                if type(format) == "string" and string.sub(format, 1, 1) ~= "!" then format = "!" .. format end
                if time == nil then time = now() end
                -- Its errors have the script's place, not this one's.
                local done, value = pcall(date, format, time)
                if not done then error((string.gsub(value, "'os%.date'", "'date'", 1)), 2) end
                return value
              end,
            }
            """
    )
}

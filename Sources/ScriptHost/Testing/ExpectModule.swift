extension ScriptModule {
    /// `expect`: what a test claims.
    static let expect = ScriptModule(
        name: "expect",
        summary: "Claims about values; one that does not hold fails the test, and shows what there is instead.",
        functions: [
            ScriptFunction(
                name: "equal",
                parameters: [
                    ScriptParameter("actual", .any, optional: true, summary: "What there is."),
                    ScriptParameter("expected", .any, optional: true, summary: "What there should be."),
                    ScriptParameter("message", .string, optional: true, summary: "What it is about."),
                ],
                summary: "Two values are equal; tables by what is in them, rows of a file like a list of tables.",
                example: "expect.equal({ topic = \"Rest\", tags = { \"a\" } }, { topic = \"Rest\", tags = { \"a\" } })"
            ),
            ScriptFunction(
                name: "truthy",
                parameters: [
                    ScriptParameter("value", .any, optional: true, summary: "Any value."),
                    ScriptParameter(
                        "message",
                        .any,
                        optional: true,
                        summary: "What it is about; what is no text is passed over, so that `s:find(…)` may stand here."
                    ),
                ],
                summary: "A value is neither nil nor false.",
                example: "expect.truthy((\"wellness-2026\"):find(\"2026\"))"
            ),
            ScriptFunction(
                name: "falsy",
                parameters: [
                    ScriptParameter("value", .any, optional: true, summary: "Any value."),
                    ScriptParameter(
                        "message",
                        .any,
                        optional: true,
                        summary: "What it is about; what is no text is passed over, so that `s:find(…)` may stand here."
                    ),
                ],
                summary: "A value is nil or false.",
                example: "expect.falsy((\"wellness-2026\"):find(\"2027\"))"
            ),
            ScriptFunction(
                name: "error",
                parameters: [
                    ScriptParameter("fn", .function, summary: "What is called, without arguments."),
                    ScriptParameter(
                        "what",
                        .string,
                        optional: true,
                        summary: "The error's code, or a part of its message, as it is or as a pattern."
                    ),
                ],
                result: "any error",
                summary: "A function raises an error, which is given back.",
                example: "expect.error(function() csv.read \"nowhere.csv\" end, \"fileNotFound\")"
            ),
            ScriptFunction(
                name: "contains",
                parameters: [
                    ScriptParameter("whole", .string, .table, summary: "A text, a list, or the rows of a file."),
                    ScriptParameter("part", .any, summary: "A text that is in it as it is, or an element."),
                ],
                summary: "A text has another one in it, or a list an element.",
                example: "expect.contains({ \"Adele\", \"Alex\" }, \"Alex\")"
            ),
        ],
        lua: ValueText.lua + """
            local fail, show, rows_of = internal.fail, internal.show, internal.rows_of

            local function plain(value) return rows_of(value, math.huge) or value end

            -- nil if both are equal, else the place of the first difference and the two values there.
            local function difference(actual, expected, place, seen)
              if actual == expected then return nil end
              actual, expected = plain(actual), plain(expected)
              if type(actual) ~= "table" or type(expected) ~= "table" then return place, actual, expected end
              local opaque_a, opaque_e = internal.opaque(actual), internal.opaque(expected)
              if opaque_a or opaque_e then
                if opaque_a == opaque_e then return nil end
                return place, actual, expected
              end
              if seen[actual] == expected then return nil end
              seen[actual] = expected
              local keys = {}
              for key in next, expected do keys[#keys + 1] = key end
              for key in next, actual do
                if rawget(expected, key) == nil then keys[#keys + 1] = key end
              end
              table.sort(keys, function(a, b)
                if type(a) ~= type(b) then return type(a) < type(b) end
                if type(a) == "number" or type(a) == "string" then return a < b end
                return tostring(a) < tostring(b)
              end)
              for _, key in ipairs(keys) do
                local name = internal.show_key(key)
                local step = string.sub(name, 1, 1) == "[" and name or ((place == "" and "" or ".") .. name)
                local at, a, e = difference(rawget(actual, key), rawget(expected, key), place .. step, seen)
                if at then return at, a, e end
              end
            end

            -- Of two long texts, what stands around the first difference.
            local function window(a, b)
              local at = 1
              while string.byte(a, at) == string.byte(b, at) do at = at + 1 end
              local from = math.max(1, at - 30)
              while from > 1 and (string.byte(a, from) or 0) // 64 == 2 do from = from - 1 end
              local function cut(s)
                return (from > 1 and "…" or "") .. show(string.sub(s, from, from + 119)) .. (#s > from + 119 and "…" or "")
              end
              return at, cut(a), cut(b)
            end

            local function said(message, text) return type(message) == "string" and (message .. ": " .. text) or text end

            internal.modules.expect = {
              equal = function(actual, expected, message)
                local place, a, e = difference(actual, expected, "", {})
                if not place then return end
                local head = place == "" and "the values differ" or ("the values differ at " .. place)
                local shown_a, shown_e = show(a), show(e)
                if type(a) == "string" and type(e) == "string" and (#a > 120 or #e > 120) then
                  local at
                  at, shown_a, shown_e = window(a, e)
                  head = head .. ", from byte " .. at .. " on"
                end
                fail("expectation", said(message, head) .. "\\nexpected: " .. shown_e .. "\\nactual:   " .. shown_a)
              end,
              truthy = function(value, message)
                if not value then fail("expectation", said(message, "expected a value, not " .. tostring(value))) end
              end,
              falsy = function(value, message)
                if value then fail("expectation", said(message, "expected nil or false") .. "\\nactual:   " .. show(value)) end
              end,
              error = function(fn, what)
                local done, raised = pcall(fn)
                if done then
                  fail("expectation", "expected an error" .. (what and (" (" .. what .. ")") or "")
                    .. ", but the function came to its end")
                end
                if what == nil then return raised end
                local code = type(raised) == "table" and rawget(raised, "code")
                local text = type(raised) == "table" and rawget(raised, "message") or raised
                if type(text) ~= "string" then text = tostring(text) end
                local fits = code == what or string.find(text, what, 1, true)
                if not fits then
                  local valid, found = pcall(string.find, text, what)
                  fits = valid and found
                end
                if not fits then
                  fail("expectation", "another error was raised than expected\\nexpected: " .. show(what)
                    .. "\\nactual:   " .. show(text) .. (code and (" (" .. tostring(code) .. ")") or ""))
                end
                return raised
              end,
              contains = function(whole, part)
                if type(whole) == "string" then
                  if type(part) ~= "string" then
                    fail("badArgument", "expect.contains: a text contains texts, not a " .. type(part))
                  end
                  if string.find(whole, part, 1, true) then return end
                  fail("expectation", "the text has not what is expected\\nexpected: " .. show(part)
                    .. "\\nactual:   " .. show(whole))
                end
                for _, element in ipairs(plain(whole)) do
                  if not difference(element, part, "", {}) then return end
                end
                fail("expectation", "the list has not what is expected\\nexpected: " .. show(part)
                  .. "\\nactual:   " .. show(whole))
              end,
            }
            """
    )
}

/// Values of Lua as people read them: keys in order, nested tables indented, limits on depth and length.
enum ValueText {
    /// Trusted Lua that defines `internal.show(value)`, `internal.show_key(key)` and `internal.rows_of(value)`.
    ///
    /// Access is raw: nothing of a script's runs but its `__tostring`, under protection.
    static let lua = """
        local host, globals, internal = ...
        local escapes = { ["\\n"] = "\\\\n", ["\\t"] = "\\\\t", ["\\r"] = "\\\\r", ["\\\\"] = "\\\\\\\\", ['"'] = '\\\\"' }
        local reserved = {}
        for word in string.gmatch("and break do else elseif end false for function goto if in local nil not or repeat "
          .. "return then true until while", "%a+") do reserved[word] = true end

        local function whole(s, length)
          while length > 0 and string.byte(s, length + 1) and string.byte(s, length + 1) // 64 == 2 do length = length - 1 end
          return string.sub(s, 1, length)
        end

        local function quoted(s, longest)
          local rest = #s - longest
          if rest > 0 then s = whole(s, longest) end
          s = string.gsub(s, '[%c\\\\"]', function(c) return escapes[c] or string.format("\\\\x%02X", string.byte(c)) end)
          return '"' .. internal.utf8(s) .. '"' .. (rest > 0 and ("… (" .. rest .. " bytes more)") or "")
        end

        function internal.show_key(key)
          if type(key) == "string" and string.find(key, "^[%a_][%w_]*$") and not reserved[key] then return key end
          return "[" .. (type(key) == "string" and quoted(key, 60) or tostring(key)) .. "]"
        end

        local rank = { number = 1, string = 2, boolean = 3 }
        local function before(a, b)
          local x, y = rank[type(a)] or 4, rank[type(b)] or 4
          if x ~= y then return x < y end
          if x < 3 then return a < b end
          return tostring(a) < tostring(b)
        end

        -- The rows of what csv.read gave, up to so many, as a list; nil for any other value.
        function internal.rows_of(value, most)
          if type(value) ~= "table" or not internal.table_handle(value) then return nil end
          local list = {}
          for i = 1, math.min(#value, most) do list[i] = value[i] end
          return list
        end

        -- What stands for something in the host says what that is: resources, say. The marks of JSON's arrays and objects hide
        -- their metatables, too, and so do errors; but those are tables with something in them.
        local marks = { array = true, object = true, table = true }
        function internal.opaque(value)
          if getmetatable(value) ~= false or next(value) ~= nil then return nil end
          local done, text = pcall(tostring, value)
          return done and not marks[text] and internal.utf8(text) or nil
        end

        local limits = { depth = 5, items = 40, text = 400, columns = 88, values = 2000 }
        local left = 0

        local show
        local function list_of(value, inner, indent, depth, seen)
          local parts, count, columns = {}, 0, 0
          local function put(text)
            parts[#parts + 1] = text
            columns = columns + #text + 2
          end
          local length = rawlen(value)
          for i = 1, length do
            if i > limits.items then
              put("… (" .. length - limits.items .. " more)")
              break
            end
            put(show(rawget(value, i), inner, depth + 1, seen))
          end
          local keys = {}
          for key in next, value do
            if math.type(key) ~= "integer" or key < 1 or key > length then keys[#keys + 1] = key end
          end
          table.sort(keys, before)
          for i, key in ipairs(keys) do
            if i > limits.items then
              put("… (" .. #keys - limits.items .. " more)")
              break
            end
            put(internal.show_key(key) .. " = " .. show(rawget(value, key), inner, depth + 1, seen))
          end
          if #parts == 0 then return "{}" end
          local line = "{ " .. table.concat(parts, ", ") .. " }"
          if #indent + columns <= limits.columns and not string.find(line, "\\n", 1, true) then return line end
          return "{\\n" .. inner .. table.concat(parts, ",\\n" .. inner) .. ",\\n" .. indent .. "}"
        end

        function show(value, indent, depth, seen)
          left = left - 1
          if left < 0 then return "…" end
          if value == internal.null then return "json.null" end
          if type(value) == "string" then return quoted(value, limits.text) end
          if type(value) ~= "table" then return internal.utf8(tostring(value)) end
          local rows = internal.rows_of(value, 3)
          if rows then
            local lines = { #value .. (#value == 1 and " row" or " rows") }
            for i, row in ipairs(rows) do
              lines[#lines + 1] = indent .. "  [" .. i .. "] = " .. show(row, indent .. "  ", depth + 1, seen)
            end
            if #value > #rows then lines[#lines + 1] = indent .. "  …" end
            return table.concat(lines, "\\n")
          end
          local opaque = internal.opaque(value)
          if opaque then return opaque end
          if getmetatable(value) == false and type(rawget(value, "message")) == "string" then
            local done, text = pcall(tostring, value)
            if done then return internal.utf8(text) end
          end
          if seen[value] then return "{…} (a table around this one)" end
          if depth > limits.depth then return next(value) == nil and "{}" or "{…}" end
          seen[value] = true
          local text = list_of(value, indent .. "  ", indent, depth, seen)
          seen[value] = nil
          return text
        end

        function internal.show(value)
          left = limits.values
          return show(value, "", 1, {})
        end

        """
}

-- Results: lines that the benchmarks print, and the file in which the last of each is kept.
local results = {}

local found, json = pcall(require, "cjson")
if not found then json = nil end

-- The order of members in the kept file, so that a change shows as one line.
local row_members = {
    "row", "benchmark", "what", "unit", "rounds", "value", "peer", "peerValue", "ratio", "low", "high", "aim", "better",
    "holds", "date", "commit",
}
local machine_members = {
    "cores", "processor", "memory", "system", "files", "swift", "lua", "sqlite", "cjson", "wrk", "curl", "node", "python",
    "load",
}

local function text(value)
    if type(value) == "number" then
        return math.type(value) == "integer" and tostring(value) or string.format("%.6g", value)
    end
    if type(value) ~= "string" then return tostring(value) end
    local escaped = value:gsub('["\\]', "\\%0"):gsub("%c", function(c) return string.format("\\u%04x", c:byte()) end)
    return '"' .. escaped .. '"'
end

local function object(members, values)
    local parts = {}
    for _, name in ipairs(members) do
        if values[name] ~= nil then parts[#parts + 1] = text(name) .. ":" .. text(values[name]) end
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

-- Reads what benchmarks have printed: `{machine}`, then for each benchmark its name, results and notes. An iterator over
-- the lines' objects.
function results.lines(file)
    if not json then error("lua-cjson is not installed", 0) end
    local number = 0
    return function()
        for line in file:lines() do
            number = number + 1
            if line:find("%S") then
                local good, value = pcall(json.decode, line)
                if not good then error("line " .. number .. " is no JSON: " .. line, 0) end
                return value
            end
        end
    end
end

-- Whether an aim holds for a result; nil if there is no aim or nothing to compare with.
function results.holds(aim, result)
    local figure = aim and result and result[aim.of]
    if not figure then return nil end
    if aim.most then return figure <= aim.most end
    return figure >= aim.least
end

-- What is better, by the aim or else by what is measured.
local function better(aim, unit)
    if aim then return aim.most and "lower" or "higher" end
    return (unit == "/s" or unit == "B/s") and "higher" or "lower"
end

function results.read(path)
    local file = io.open(path)
    if not file then return { rows = {}, notes = {} } end
    if not json then error("lua-cjson is not installed", 0) end
    local good, kept = pcall(json.decode, file:read("a"))
    file:close()
    if not good then error(path .. " is no JSON: " .. kept, 0) end
    local rows = {}
    for _, row in ipairs(kept.rows) do rows[row.row] = row end
    return { machine = kept.machine, rows = rows, notes = kept.notes }
end

-- Takes new lines in among what was kept: the rows and notes that came again replace those of their name.
function results.merge(kept, file, today, commit)
    local machine, benchmark
    local fresh = {}
    for value in results.lines(file) do
        if value.machine then
            machine = value.machine
        elseif value.benchmark then
            benchmark = value.benchmark
            fresh[benchmark] = true
            for i = #kept.notes, 1, -1 do
                if kept.notes[i].benchmark == benchmark then table.remove(kept.notes, i) end
            end
        elseif value.note then
            table.insert(kept.notes, { benchmark = benchmark, note = value.note })
        else
            value.benchmark, value.date, value.commit = benchmark, today, commit
            kept.rows[value.row] = value
        end
    end
    local old = kept.machine
    if old and (old.processor ~= machine.processor or old.cores ~= machine.cores) then
        for _, row in pairs(kept.rows) do
            if not fresh[row.benchmark] then
                error(string.format("the figures that are kept come from another machine (%s, %s cores): measure "
                    .. "everything, or keep these elsewhere with --into", old.processor, old.cores), 0)
            end
        end
    end
    kept.machine = machine
end

-- Writes what is shown, in the page's order.
function results.write(path, kept, themes)
    local rows, notes = {}, {}
    local written = {}
    for _, theme in ipairs(themes) do
        local names = {}
        for _, row in ipairs(theme.rows) do names[#names + 1] = { row[1], row.aim } end
        for _, name in ipairs(theme.matrix and theme.matrix.rows or {}) do
            for _, size in ipairs(theme.matrix.sizes) do names[#names + 1] = { name .. "." .. size } end
        end
        for _, name in ipairs(names) do
            local row, aim = kept.rows[name[1]], name[2]
            if row and not written[name[1]] then
                written[name[1]] = true
                row.aim = aim and string.format("%s %s %.6g", aim.of, aim.most and "<=" or ">=", aim.most or aim.least)
                row.better, row.holds = better(aim, row.unit), results.holds(aim, row)
                rows[#rows + 1] = object(row_members, row)
            end
        end
    end
    for name in pairs(kept.rows) do
        if not written[name] then
            io.stderr:write("bench: page/rows.lua has no place for ", name, ", which is left out\n")
            kept.rows[name] = nil
        end
    end
    for _, note in ipairs(kept.notes) do notes[#notes + 1] = object({ "benchmark", "note" }, note) end
    local file = assert(io.open(path, "w"))
    file:write('{\n"machine":', object(machine_members, kept.machine), ',\n"rows":[\n', table.concat(rows, ",\n"),
        '\n],\n"notes":[\n', table.concat(notes, ",\n"), "\n]\n}\n")
    assert(file:close())
end

return results

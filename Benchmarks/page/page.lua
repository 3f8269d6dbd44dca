-- Makes tables and the page of what the benchmarks have measured.
--
--   lua5.4 page.lua table                          lines of results on standard input become a Markdown table
--   lua5.4 page.lua keep FOLDER DATE COMMIT        …become part of FOLDER/performance.json, and of the page made from it
--   lua5.4 page.lua render FOLDER                  makes the page from performance.json alone
local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path

local figures = require "figures"
local results = require "results"
local themes = require "rows"

-- The parts of a table's line: what, Herald's figure, the peer's, their ratio, the spread.
local function cells(row)
    local ours = figures.text(row.value, row.unit)
    if not row.ratio then
        local spread = ""
        if row.low ~= row.high then
            spread = figures.text(row.low, row.unit) .. "–" .. figures.text(row.high, row.unit)
        end
        return { row.what, ours, "", "", spread }
    end
    local peer = figures.text(row.peerValue, row.unit) .. " (" .. row.peer .. ")"
    local spread = row.low ~= row.high and figures.ratio(row.low) .. "–" .. figures.ratio(row.high) or ""
    return { row.what, ours, peer, figures.ratio(row.ratio), spread }
end

local function line(parts) return "| " .. table.concat(parts, " | ") .. " |" end

local function aim_text(aim, row)
    if not aim then return "" end
    local sign, limit = aim.most and "≤ " or "≥ ", aim.most or aim.least
    if aim.of == "ratio" then
        return sign .. (limit < 0.01 and "1/" .. string.format("%.0f", 1 / limit) or figures.round(limit))
    end
    return sign .. figures.text(limit, row.unit, true)
end

-- MARK: What goes to standard output

local function print_table()
    local aims = {}
    for _, theme in ipairs(themes) do
        for _, row in ipairs(theme.rows) do aims[row[1]] = row.aim end
    end
    for value in results.lines(io.stdin) do
        if value.machine then
            local m = value.machine
            print("# Benchmarks\n")
            print(string.format("- Machine: %s cores, %s, %s of memory", m.cores, m.processor, m.memory))
            print(string.format("- System: %s, files on %s", m.system, m.files))
            print(string.format("- Versions: %s, Lua %s, SQLite %s, lua-cjson %s", m.swift, m.lua, m.sqlite, m.cjson))
            print("- Load average at the start: " .. m.load)
            print("\n| what | Herald | beside | ratio | spread | aim |\n| --- | ---: | ---: | ---: | ---: | ---: |")
        elseif value.note then
            print(line { "*" .. value.note .. "*", "", "", "", "", "" })
        elseif value.row then
            local parts = cells(value)
            local aim, holds = aims[value.row], results.holds(aims[value.row], value)
            parts[6] = aim_text(aim, value) .. (holds == false and ", missed" or "")
            print(line(parts))
        end
        io.stdout:flush()
    end
end

-- MARK: The page

-- Where figures of a theme were taken, in one sentence.
local function taken(rows)
    local seen, list = {}, {}
    for _, row in ipairs(rows) do
        local when = row.date .. " at " .. row.commit
        if not seen[when] then
            seen[when] = true
            list[#list + 1] = when
        end
    end
    table.sort(list)
    return #list > 0 and "Taken on " .. table.concat(list, " and ") .. "." or ""
end

local function matrix(kept, theme, put, rows)
    local sizes = {}
    for _, size in ipairs(theme.matrix.sizes) do sizes[#sizes + 1] = figures.number(size) .. " groups" end
    put(line { "what", table.unpack(sizes) })
    put("| --- |" .. (" ---: |"):rep(#sizes))
    for _, name in ipairs(theme.matrix.rows) do
        local parts, what = {}, nil
        for i, size in ipairs(theme.matrix.sizes) do
            local row = kept.rows[name .. "." .. size]
            parts[i] = row and figures.text(row.value, row.unit) or ""
            if row then
                what = row.what:match(": (.*)$")
                rows[#rows + 1] = row
            end
        end
        if what then put(line { what, table.unpack(parts) }) end
    end
    put ""
end

local function misses(theme, kept, put)
    local any = false
    for _, entry in ipairs(theme.rows) do
        local row = kept.rows[entry[1]]
        if results.holds(entry.aim, row) == false then
            local figure = entry.aim.of == "ratio" and figures.ratio(row.ratio) or figures.text(row.value, row.unit)
            local text = string.format("- **%s**: %s, where %s is aimed at.", row.what, figure, aim_text(entry.aim, row))
            if entry.why then
                text = text .. " " .. entry.why:gsub("^%l", string.upper) .. "."
            else
                io.stderr:write("bench: ", entry[1], " misses its aim, and page/rows.lua has no `why` for it\n")
            end
            put(text)
            any = true
        end
    end
    if any then put "" end
end

local function section(theme, kept, told, put)
    local rows = {}
    put("## " .. theme.title .. "\n")
    put(theme.about .. "\n")
    if theme.matrix then matrix(kept, theme, put, rows) end
    if theme.plot then put(string.format("![%s](performance-%s.svg)\n", theme.title, theme.plot)) end
    if theme.after then put(theme.after .. "\n") end
    put(line { "what", "Herald", "beside", "ratio", "spread", "aim", "holds?" })
    put "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
    for _, entry in ipairs(theme.rows) do
        local row = kept.rows[entry[1]]
        if row then
            local parts, holds = cells(row), results.holds(entry.aim, row)
            parts[6] = aim_text(entry.aim, row)
            parts[7] = holds == nil and "" or holds and "yes" or "**no**"
            put(line(parts))
            rows[#rows + 1] = row
        end
    end
    put ""
    misses(theme, kept, put)
    local benchmarks = {}
    for _, row in ipairs(rows) do benchmarks[row.benchmark] = true end
    local any = false
    for _, note in ipairs(kept.notes) do
        -- Themes may share a benchmark.
        if benchmarks[note.benchmark] and not told[note] then
            put("- " .. note.note)
            told[note], any = true, true
        end
    end
    if any then put "" end
    put(taken(rows) .. "\n")
    return #rows
end

local introduction = [[
# How fast Herald is

What Herald costs, beside what else does the same work or a part of it, measured in turns in one run, so that what else the
machine does falls on both. `scripts/bench` measures and writes this page; nothing in it is written by hand but the aims and
the reasons, which stand in `Benchmarks/page/rows.lua`.
]]

local reading = [[
Each figure is the median of its rounds. **ratio** is Herald's figure to the other's, the median of the rounds' ratios; for
times and memory less is better, for rates (those with "/s") more. **spread** holds the middle eight tenths of the rounds'
ratios, or of Herald's figures where nothing stands beside them. Processor time counts all threads of a process, user and
system.
]]

local repeating = [[
## To repeat it

```
scripts/bench              # everything but the cold build: about an hour
scripts/bench call json    # these alone; the other rows stay as they are
scripts/bench build      # the cold build alone: some minutes
scripts/bench --quick      # small sizes, for a look; the page stays as it is
```

On a machine that does nothing else. `scripts/bench --help` says what each needs; what lacks its peer is left out. The figures
are kept in [performance.json](performance.json), a row a line.
]]

local function render(folder, kept)
    local text = {}
    local function put(part) text[#text + 1] = part end
    put(introduction)
    local held, aimed, missing = 0, 0, {}
    for _, theme in ipairs(themes) do
        for _, entry in ipairs(theme.rows) do
            local holds = results.holds(entry.aim, kept.rows[entry[1]])
            if holds ~= nil then aimed = aimed + 1 end
            if holds then held = held + 1 end
            if entry.aim and not kept.rows[entry[1]] then missing[#missing + 1] = "`" .. entry[1] .. "`" end
        end
    end
    put(string.format("**%d of %d aims hold.** Where one does not, its table says why.%s\n", held, aimed,
        #missing > 0 and " Not measured yet: " .. table.concat(missing, ", ") .. "." or ""))
    local m = kept.machine
    put(string.format("- Machine: %s cores, %s, %s of memory", m.cores, m.processor, m.memory))
    put(string.format("- System: %s, files on %s", m.system, m.files))
    put(string.format("- Herald: %s, release build; Lua %s, SQLite %s", m.swift, m.lua, m.sqlite))
    put(string.format("- Beside it: lua-cjson %s, wrk %s, curl %s, node %s, Python %s", m.cjson, m.wrk, m.curl, m.node,
        m.python))
    put("- Load average at the start of the last measurement: " .. m.load .. "\n")
    put(reading)
    local told = {}
    for _, theme in ipairs(themes) do
        local any = false
        for _, entry in ipairs(theme.rows) do any = any or kept.rows[entry[1]] ~= nil end
        if any then section(theme, kept, told, put) end
    end
    put(repeating)
    local page = table.concat(text, "\n"):gsub("\n\n\n+", "\n\n")
    local file = assert(io.open(folder .. "/performance.md", "w"))
    file:write((page:gsub("\n+$", "")), "\n")
    assert(file:close())
    local plots = require "plots"
    for _, name in ipairs { "growth", "peers" } do
        local plot = plots[name](kept.rows)
        if plot then
            file = assert(io.open(folder .. "/performance-" .. name .. ".svg", "w"))
            file:write(plot)
            assert(file:close())
        end
    end
end

local command, folder, today, commit = table.unpack(arg)
local good, message = pcall(function()
    if command == "table" then
        print_table()
    elseif command == "keep" and commit then
        local kept = results.read(folder .. "/performance.json")
        results.merge(kept, io.stdin, today, commit)
        results.write(folder .. "/performance.json", kept, themes)
        render(folder, kept)
    elseif command == "render" and folder then
        render(folder, results.read(folder .. "/performance.json"))
    else
        error("usage: page.lua table | keep FOLDER DATE COMMIT | render FOLDER", 0)
    end
end)
if not good then
    io.stderr:write("bench: the page: ", tostring(message), "\n")
    os.exit(1)
end

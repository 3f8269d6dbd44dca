-- Figures as people read them.
local figures = {}

-- A number with three digits that count, and commas.
function figures.number(value)
    local text
    local size = math.abs(value)
    if size >= 100 or value == 0 then
        text = string.format("%.0f", value)
    elseif size >= 10 then
        text = string.format("%.1f", value)
    elseif size >= 0.1 then
        text = string.format("%.2f", value)
    else
        text = string.format("%.2g", value)
    end
    local whole, rest = text:match("^(%-?%d+)(.*)$")
    if not whole then return text end
    local count
    repeat
        whole, count = whole:gsub("^(%-?%d+)(%d%d%d)", "%1,%2")
    until count == 0
    return whole .. rest
end

local scales = {
    s = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "µs" }, { 1e-9, "ns" } },
    B = { { 2 ^ 30, "GiB" }, { 2 ^ 20, "MiB" }, { 2 ^ 10, "KiB" }, { 1, "bytes" } },
    ["/s"] = { { 1, "/s" } },
    ["B/s"] = { { 1e6, "MB/s" }, { 1, "B/s" } },
    [""] = { { 1, "" } },
}

-- A number that somebody chose, such as a limit or a tick of an axis: as it is, with commas.
function figures.round(value)
    local whole = math.tointeger(value)
    return whole and whole >= 100 and figures.number(whole) or string.format("%g", value)
end

-- A figure with the unit in which it reads best; `is_round` says that somebody chose it.
function figures.text(value, unit, is_round)
    local scale = scales[unit] or error("no such unit: " .. tostring(unit))
    local chosen = scale[#scale]
    for _, step in ipairs(scale) do
        if math.abs(value) >= step[1] * 0.9995 then
            chosen = step
            break
        end
    end
    local text = figures.number(value / chosen[1])
    if is_round then text = figures.round(value / chosen[1]) end
    if unit == "/s" then return text .. "/s" end
    return chosen[2] == "" and text or text .. " " .. chosen[2]
end

-- A ratio or its limit.
function figures.ratio(value)
    if value >= 0.01 then return string.format(value < 0.1 and "%.3f" or value < 100 and "%.2f" or "%.0f", value) end
    return string.format("%.4f", value)
end

return figures

-- The page's two pictures, as SVG that reads on light and on dark ground.
local figures = require "figures"
local plots = {}

local head = [[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title">
<title id="title">%s</title>
<style>
  svg { --ground: #ffffff; --ink: #1f2328; --faint: #59636e; --rule: #d1d9e0; --a: #0969da; --b: #bc4c00; --peer: #8c959f;
    font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --faint: #9198a1; --rule: #3d444d; --a: #58a6ff; --b: #f0883e; --peer: #6e7681 }
  }
  .ground { fill: var(--ground) } text { fill: var(--ink) } .faint { fill: var(--faint) } .title { font-weight: 600 }
  .rule { stroke: var(--rule); stroke-width: 1 } .a { stroke: var(--a) } .b { stroke: var(--b) }
  .line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 6 4 }
  .dot-a { fill: var(--a) } .dot-b { fill: var(--b) } .bar-a { fill: var(--a) } .bar-peer { fill: var(--peer) }
  .end { text-anchor: end } .middle { text-anchor: middle }
</style>
<rect class="ground" width="%d" height="%d"/>
]]

local function start(width, height, title)
    local parts = {}
    local function put(format, ...) parts[#parts + 1] = select("#", ...) > 0 and string.format(format, ...) or format end
    put(head, width, height, width, height, title, width, height)
    return put, function()
        put "</svg>\n"
        return table.concat(parts, "\n")
    end
end

-- A round number a little above, and the steps up to it.
local function steps(highest)
    local power = 10 ^ math.floor(math.log(highest, 10))
    for _, factor in ipairs { 0.2, 0.25, 0.5, 1, 2 } do
        local step = power * factor
        if highest / step <= 6 then return step, math.ceil(highest / step) end
    end
    return power * 2, math.ceil(highest / (power * 2))
end

-- Cost a group over the number of groups.
function plots.growth(rows)
    local lines = {
        { "growth.announce.clock", "announce, by the clock", "a", false },
        { "growth.announce.processor", "announce, processor", "a", true },
        { "growth.plan.clock", "plan, by the clock", "b", false },
        { "growth.plan.processor", "plan, processor", "b", true },
    }
    local sizes <const> = { 1000, 10000, 100000, 1000000 }
    local highest, count = 0, 0
    for _, line in ipairs(lines) do
        for _, size in ipairs(sizes) do
            local row = rows[line[1] .. "." .. size]
            if row then highest, count = math.max(highest, row.value * 1e6), count + 1 end
        end
    end
    if count == 0 or highest <= 0 then return nil end
    local put, finish = start(760, 380, "Time a group over the number of groups in one run")
    local left, right, top, bottom = 70, 540, 60, 320
    local step, number = steps(highest)
    local function x(size) return left + (math.log(size, 10) - 3) / 3 * (right - left) end
    local function y(value) return bottom - value / (step * number) * (bottom - top) end
    put '<text class="title" x="16" y="26">Time a group, over the number of groups in one run</text>'
    put '<text class="faint" x="16" y="46">µs a group, the start of the process taken off</text>'
    for i = 0, number do
        put('<line class="rule" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>', left, right, y(i * step), y(i * step))
        put('<text class="faint end" x="%d" y="%.1f">%s</text>', left - 8, y(i * step) + 4, figures.round(i * step))
    end
    for _, size in ipairs(sizes) do
        put('<text class="faint middle" x="%.1f" y="%d">%s</text>', x(size), bottom + 22, figures.round(size))
    end
    put('<text class="faint middle" x="%.1f" y="%d">groups, logarithmic</text>', (left + right) / 2, bottom + 46)
    local labels = {}
    for _, line in ipairs(lines) do
        local points, last = {}, nil
        for _, size in ipairs(sizes) do
            local row = rows[line[1] .. "." .. size]
            if row then
                last = { x(size), y(math.max(row.value, 0) * 1e6), row.value * 1e6 }
                points[#points + 1] = string.format("%.1f,%.1f", last[1], last[2])
                put('<circle class="dot-%s" cx="%.1f" cy="%.1f" r="3.5"/>', line[3], last[1], last[2])
            end
        end
        if last then
            put('<polyline class="line %s%s" points="%s"/>', line[3], line[4] and " dashed" or "", table.concat(points, " "))
            labels[#labels + 1] = { last[2], last[1], string.format("%s: %s", line[2], figures.number(last[3])) }
        end
    end
    -- Labels that would stand on one another move down.
    table.sort(labels, function(a, b) return a[1] < b[1] end)
    local above = 0
    for _, label in ipairs(labels) do
        local at = math.max(label[1] + 4, above + 17)
        put('<text x="%.1f" y="%.1f">%s</text>', label[2] + 10, at, label[3])
        above = at
    end
    return finish()
end

local function bars(put, top, title, unit_text, list, left, right)
    put('<text class="title" x="16" y="%d">%s</text>', top, title)
    put('<text class="faint" x="16" y="%d">%s</text>', top + 20, unit_text)
    local least, most = math.huge, 0
    for _, bar in ipairs(list) do least, most = math.min(least, bar[2]), math.max(most, bar[2]) end
    local low, high = math.floor(math.log(least, 10) - 0.01), math.ceil(math.log(most, 10))
    local function x(value) return left + (math.log(value, 10) - low) / (high - low) * (right - left) end
    local first = top + 34
    local last = first + #list * 26
    for power = low, high do
        put('<line class="rule" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>', x(10 ^ power), x(10 ^ power), first, last)
        put('<text class="faint middle" x="%.1f" y="%d">%s</text>', x(10 ^ power), last + 18, figures.round(10.0 ^ power))
    end
    for i, bar in ipairs(list) do
        local y = first + (i - 1) * 26
        put('<text class="end" x="%d" y="%d">%s</text>', left - 10, y + 18, bar[1])
        put('<rect class="bar-%s" x="%d" y="%d" width="%.1f" height="18" rx="2"/>', bar[3] and "a" or "peer", left, y + 4,
            x(bar[2]) - left)
        put('<text x="%.1f" y="%d">%s</text>', x(bar[2]) + 8, y + 18, figures.number(bar[2]))
    end
    return last + 18
end

-- Clients that announce over HTTP.
function plots.peers(rows)
    local peers = {
        { "wrk", "wrk, same bytes" }, { "curl", "curl --parallel" }, { "node", "node http" }, { "aiohttp", "aiohttp" },
        { "sdk", "msgraph-sdk" },
    }
    local function list(measure, scale)
        local found, ours = {}, nil
        for _, peer in ipairs(peers) do
            local row = rows["remote.16." .. peer[1] .. "." .. measure]
            if row then
                ours = row.value * scale
                found[#found + 1] = { peer[2], row.peerValue * scale, false }
            end
        end
        if not ours then return nil end
        table.insert(found, 1, { "Herald, ledger and all", ours, true })
        table.sort(found, function(a, b)
            if measure == "rate" then return a[2] > b[2] end
            return a[2] < b[2]
        end)
        return found
    end
    local rates, times = list("rate", 1), list("processor", 1e6)
    if not rates or not times then return nil end
    local height = 130 + (#rates + #times) * 26 + 100
    local put, finish = start(760, height, "Clients that announce over HTTP, 16 requests at once")
    local last = bars(put, 26, "Announcements a second, 16 at once", "logarithmic; more is better", rates, 190, 670)
    bars(put, last + 40, "Processor time of the client, µs an announcement", "logarithmic; less is better", times, 190, 670)
    return finish()
end

return plots

local elements = { 1, 2, 3, 5, 8, 2.5, "a", "b", "", "word" }

local function list()
  if random(30) == 1 then return pick_value(odd) end
  local made = {}
  local kind = random(4)
  for i = 1, random(9) - 1 do made[i] = kind == 1 and random(9) or kind == 2 and pick { "a", "b", "c", "ab" } or pick(elements) end
  if random(25) == 1 and #made > 0 then made[random(#made)] = pick_value { n = 5, true, {}, next, 1 / 0, 0 / 0 } end
  if random(30) == 1 then made[0] = "zero" end
  return made
end

local function index()
  if random(8) == 1 then return pick_value(odd) end
  return random(14) - 3
end

local functions = {
  insert = function(...) return (pack_results(table.insert(...))) end,
  remove = function(...) return (pack_results(table.remove(...))) end,
  concat = function(...) return (pack_results(table.concat(...))) end,
  move = function(...) return (pack_results(table.move(...))) end,
  unpack = function(...) return (pack_results(table.unpack(...))) end,
  pack = function(...) return (pack_results(table.pack(...))) end,
  sort = function(...) return (pack_results(table.sort(...))) end,
}

function pack_results(...)
  local text = ""
  for i = 1, select("#", ...) do text = text .. show((select(i, ...))) .. "," end
  return text
end

-- A range of so many elements is refused by one and tried by the other.
local function is_huge(from, to)
  from, to = tonumber(from), tonumber(to)
  return from and to and to - from >= 1000
end

local orders = {
  function(a, b) return a > b end, function(a, b) return tostring(a) < tostring(b) end, function() return true end, function() return false end,
  function() return nil end, function(a, b) return random(2) == 1 end, function(a, b) error("in the order") end, function(a, b) return a <= b end, rawequal, math.ult,
}

for _ = 1, CASES do
  local name = pick { "insert", "remove", "concat", "move", "unpack", "pack", "sort", "sort" }
  local t, arguments = list()
  if name == "insert" then
    arguments = random(2) == 1 and { n = 2, t, pick(elements) } or { n = 3, t, index(), pick(elements) }
    if random(30) == 1 then arguments.n = 4 end
  elseif name == "remove" then
    arguments = random(2) == 1 and { n = 1, t } or { n = 2, t, index() }
  elseif name == "concat" then
    arguments = { n = random(4), t, random(20) == 1 and pick_value(odd) or pick { ", ", "", "\0" }, index(), index() }
  elseif name == "move" then
    arguments = { n = random(2) == 1 and 4 or 5, t, index(), index(), index(), random(2) == 1 and list() or t }
    if type(t) == "string" then t = {} arguments[1] = t end
    if type(arguments[5]) == "string" then arguments[5] = nil end
    if is_huge(arguments[2], arguments[3]) and tonumber(arguments[2]) > 0 then arguments[3] = 3 end
    if is_huge(arguments[2], arguments[3]) and math.type(arguments[3]) ~= "integer" then arguments[3] = 3 end
    if is_huge(arguments[2], arguments[3]) and arguments[3] - arguments[2] > 0 then arguments[3] = 3 end
  elseif name == "unpack" then
    arguments = { n = random(3), t, index(), index() }
  elseif name == "pack" then
    arguments = { n = random(5) - 1, t, index(), index(), index() }
  else
    arguments = { n = random(2), t, random(15) == 1 and pick_value(odd) or pick(orders) }
  end
  try(name, functions[name], shorten(arguments))
end

for round = 1, CASES // 40 do
  local t, again, turns = {}, {}, 0
  local range = pick { 3, 1000, 1000000 }
  for i = 1, random(300) do t[i] = random(range) end
  if random(4) == 1 then for i = 1, #t do t[i] = i end end
  for i = 1, #t do again[i] = t[i] .. "" end
  try("long sort", function()
    table.sort(t, function(a, b) turns = turns + 1 return a % 100 < b % 100 end)
    local middle = table.concat(t, " ")
    table.sort(t)
    table.sort(again)
    return turns, middle, table.concat(t, " "), table.concat(again, " ", 1, #again // 2)
  end, { n = 0 })
end
finish()

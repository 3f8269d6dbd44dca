-- vector: a long chain of weak tables, each of which keeps the next alive, out of order
-- row: collectgarbage
-- expect: cpu
local n = 12000
local keys, order, tables = {}, {}, {}
for i = 1, n do
  local j = math.random(i)
  keys[i], order[i] = {}, i
  order[i], order[j] = order[j], order[i]
end
for i = 1, n do tables[i] = setmetatable({}, { __mode = "k" }) end
for i = 1, n - 1 do tables[order[i]][keys[i]] = keys[i + 1] end
keys = { keys[1] }
while true do collectgarbage() end

-- vector: table.insert and remove with __len and __index that lie
-- row: table.insert, table.remove
-- expect: done
local function loop() while true do end end
local t = setmetatable({ 1, 2, 3 }, { __len = function() return 1 << 62 end, __index = loop, __newindex = loop })
table.insert(t, 4) table.insert(t, 1, 0)
assert(table.remove(t) == 4 and table.remove(t, 1) == 0)
for _, i in ipairs { math.mininteger, -1, 100, math.maxinteger } do
  assert(not pcall(table.insert, { 1 }, i, 1) and not pcall(table.remove, { 1 }, i))
end

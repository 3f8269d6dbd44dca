-- vector: xpcall handler for an overflow that overflows again
-- row: xpcall
-- expect: done
local function deep() return (string.gsub("x", "x", deep)) end
for _ = 1, 3 do
  assert(not xpcall(deep, function() return select(2, pcall(deep)) end))
  assert(not xpcall(deep, deep))
end

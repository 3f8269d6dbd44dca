-- vector: comparators that change the table, its metatable and its length
-- row: table.sort
-- expect: done
local t = {}
for i = 1, 200 do t[i] = i end
pcall(table.sort, t, function(a, b) for i = 1, 200 do t[i] = nil end collectgarbage() return a < b end)
for i = 1, 200 do t[i] = i end
pcall(table.sort, t, function(a, b) setmetatable(t, { __index = function() return 1 end, __len = function() return 1 << 60 end }) return a < b end)
local again = { 3, 2, 1 }
pcall(table.sort, again, function(a, b) table.sort(again) return a < b end)

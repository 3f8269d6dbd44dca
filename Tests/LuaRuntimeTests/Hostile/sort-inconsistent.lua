-- vector: comparators that contradict themselves
-- row: table.sort
-- expect: done
local t = {}
for i = 1, 1000 do t[i] = i * 7919 % 1009 end
pcall(table.sort, t, function() return true end)
pcall(table.sort, t, function() return math.random() < 0.5 end)
pcall(table.sort, t, function(a, b) return a <= b end)
pcall(table.sort, t, function() return nil end)
for i = 1, 1000 do t[i] = i end
pcall(table.sort, t, function(a, b) t[a] = nil t[b] = nil return true end)

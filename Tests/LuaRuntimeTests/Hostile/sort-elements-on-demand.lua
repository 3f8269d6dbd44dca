-- vector: table.sort of elements that __index makes
-- row: table.sort
-- expect: done
local t = setmetatable({}, { __index = function(_, k) return k end, __newindex = function() end })
table.sort(t)
t = setmetatable({ 5, 4, 3, 2, 1 }, { __index = function() error("asked") end })
table.sort(t)

-- vector: a table that is its own __newindex
-- expect: error loop
local t = {}
setmetatable(t, { __newindex = t })
t.x = 1

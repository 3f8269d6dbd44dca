-- vector: a table that is its own __index
-- expect: error loop
local t = {}
setmetatable(t, { __index = t })
return t.x

-- vector: a table that is its own __call
-- expect: memory
local t = setmetatable({}, {})
getmetatable(t).__call = t
t()

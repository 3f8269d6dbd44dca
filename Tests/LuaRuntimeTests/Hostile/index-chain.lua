-- vector: a chain of __index that is longer than Lua follows
-- expect: done
local t = {}
for _ = 1, 3000 do t = setmetatable({}, { __index = t }) end
assert(not pcall(function() return t.x end))

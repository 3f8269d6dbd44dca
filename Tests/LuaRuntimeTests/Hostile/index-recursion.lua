-- vector: __index that asks itself again
-- expect: done
local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
assert(not pcall(function() return t.x end))

-- vector: recursion without end through metamethods
-- expect: done
local meta = {}
meta.__add = function(a, b) return a + b end
local t = setmetatable({}, meta)
assert(not pcall(function() return t + t end))
meta.__index = function(t, k) return t[k] end
assert(not pcall(function() return t.x end))
meta.__tostring = function(t) return tostring(t) end
assert(not pcall(tostring, t))

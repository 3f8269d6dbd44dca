-- vector: __tostring that gives no text, and one that calls tostring
-- row: tostring
-- expect: done
assert(not pcall(tostring, setmetatable({}, { __tostring = function() return {} end })))
local t = setmetatable({}, { __tostring = function(self) return tostring(self) end })
assert(not pcall(tostring, t))

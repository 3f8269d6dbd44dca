-- vector: __pairs that gives nothing, or too much
-- row: pairs
-- expect: done
assert(not pcall(function() for _ in pairs(setmetatable({}, { __pairs = function() end })) do end end))
local many = setmetatable({}, { __pairs = function() return table.unpack({}, 1, 1000) end })
assert(select("#", pairs(many)) == 3)

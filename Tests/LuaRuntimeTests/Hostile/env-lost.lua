-- vector: a function whose _ENV is nil, or loops
-- row: _ENV
-- expect: done
assert(not pcall(function() local _ENV = nil return x end))
assert(not pcall(function() local _ENV <const> = 5 x = 1 end))
local ok = pcall(function() local _ENV = setmetatable({}, { __index = function(_, k) error(k) end }) return x end)
assert(not ok)

-- vector: __gc that a metatable's metatable would give
-- row: setmetatable
-- expect: done
local ran = false
local meta = setmetatable({}, { __index = function(_, k) if k == "__gc" then return function() ran = true end end end })
do local t = setmetatable({}, meta) end
collectgarbage() collectgarbage()
assert(not ran)

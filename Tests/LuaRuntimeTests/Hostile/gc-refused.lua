-- vector: a finalizer, which would run without limits
-- row: setmetatable
-- expect: done
assert(not pcall(setmetatable, {}, { __gc = function() while true do end end }))
assert(not pcall(setmetatable, {}, { __gc = false }))
local late = setmetatable({}, {})
getmetatable(late).__gc = function() error("a finalizer ran") end
late = nil
collectgarbage() collectgarbage()

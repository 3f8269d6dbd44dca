-- vector: __metatable hides and protects
-- row: getmetatable, setmetatable
-- expect: done
local t = setmetatable({}, { __metatable = "mine" })
assert(getmetatable(t) == "mine")
assert(not pcall(setmetatable, t, nil))
t = setmetatable({}, { __metatable = false })
assert(getmetatable(t) == false and not pcall(setmetatable, t, {}))
t = setmetatable({}, setmetatable({}, { __index = function() while true do end end }))
getmetatable(t) setmetatable(t, nil)

-- vector: the metatable of the host's error objects
-- row: getmetatable, error
-- expect: done
local ok, e = pcall(refuse)
assert(not ok and getmetatable(e) == false and not pcall(setmetatable, e, {}))
e.message, e.line, e.script = {}, "x", nil
assert(tostring(e) == "error")
e.message, e.line, e.script = 5, 1 << 62, ("x"):rep(100000)
assert(#tostring(e) > 0)

-- vector: __name that is long, or no text
-- row: tostring
-- expect: done
assert(tostring(setmetatable({}, { __name = 5 })) == "table")
local name = ("x"):rep(100000)
assert(tostring(setmetatable({}, { __name = name })) == name)
local ok, e = pcall(string.rep, setmetatable({}, { __name = name }), 1)
assert(not ok and #e < 200000)
ok, e = pcall(string.rep, setmetatable({}, { __name = {} }), 1)
assert(not ok)

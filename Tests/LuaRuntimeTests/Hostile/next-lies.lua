-- vector: next with keys that are not there
-- row: next, rawget, rawset, rawlen, rawequal
-- expect: done
assert(not pcall(next, {}, "x") and not pcall(next, {}, 1) and not pcall(next, {}, 0 / 0) and not pcall(next, 1))
assert(not pcall(rawset, {}, nil, 1) and not pcall(rawset, {}, 0 / 0, 1) and not pcall(rawset, "", 1, 1) and not pcall(rawlen, 1))
assert(not pcall(rawget, "", 1) and rawequal("a", "a") and not rawequal({}, {}))
local t = {}
for i = 1, 100 do t[i] = i end
for k in pairs(t) do t[k] = nil collectgarbage() end
assert(next(t) == nil)

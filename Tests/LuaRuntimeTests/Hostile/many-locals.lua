-- vector: more locals, upvalues, constants and registers than there may be
-- row: load
-- expect: done
assert(load(("local a "):rep(201)) == nil and load(("local a "):rep(200)))
local t = {}
for i = 1, 9000 do t[i] = "a" .. i end
assert(load("return {" .. table.concat(t, ",") .. "}"))
assert(load("return f(" .. table.concat(t, ",") .. ")") == nil)
assert(load("local " .. table.concat(t, ",") .. " = 1") == nil)
assert(load("local a <const>, b <close>, c <close> = 1") == nil and load("local a <x> = 1") == nil)

-- vector: tables that contain themselves
-- expect: done
local t = {}
t.t = t
assert(not pcall(emit, t))
local list = { 1 }
list[2] = { a = { list } }
local ok, e = pcall(emit, list)
assert(not ok and e.message:find("contains itself", 1, true))
local twice = {}
assert(pcall(emit, { twice, twice }))

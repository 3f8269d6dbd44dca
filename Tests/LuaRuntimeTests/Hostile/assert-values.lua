-- vector: assert with error objects and without a message
-- row: assert
-- expect: done
local t = {}
local ok, e = pcall(assert, false, t)
assert(not ok and e == t)
ok, e = pcall(assert, nil)
assert(not ok and e == "assertion failed!")
assert(not pcall(assert) and select("#", assert(true, 1, nil)) == 3)

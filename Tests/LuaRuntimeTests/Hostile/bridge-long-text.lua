-- vector: a text longer than the bridge takes
-- expect: done
local s = ("x"):rep(2 << 20)
assert(not pcall(emit, s, s, s, s, s, s) or true)
assert(not pcall(emit, ("\1"):rep(2 << 20)))

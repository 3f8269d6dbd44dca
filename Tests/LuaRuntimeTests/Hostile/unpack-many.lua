-- vector: string.unpack with more results than a stack holds
-- row: string.unpack
-- expect: done
local s = ("x"):rep(30000)
assert(select("#", string.unpack(("b"):rep(30000), s)) == 30001)
assert(select("#", string.byte(s, 1, -1)) == 30000)
assert(not pcall(string.byte, ("x"):rep(1 << 20):rep(2), 1, -1))

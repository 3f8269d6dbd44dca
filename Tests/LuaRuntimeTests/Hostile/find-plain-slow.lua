-- vector: string.find for plain text that nearly matches everywhere
-- row: string.find
-- expect: done
local text = ("a"):rep(1 << 20)
assert(not text:find(("a"):rep(1 << 10) .. "b", 1, true))
assert(not text:find("b" .. ("a"):rep(1 << 10), 1, true))

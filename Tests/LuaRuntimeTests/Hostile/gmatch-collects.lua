-- vector: a text collected while it is searched
-- row: string.gmatch, collectgarbage
-- expect: done
local step = (("ab"):rep(100)):gmatch("(a)(b)")
for _ = 1, 100 do collectgarbage() assert(step() == "a") end
assert(step() == nil)

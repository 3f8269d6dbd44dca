-- vector: string.gmatch with a pattern that backtracks for ever
-- row: string.gmatch
-- expect: cpu
for _ in string.gmatch(("a"):rep(10000), (".-"):rep(15) .. "b") do end

-- vector: string.match with a pattern that backtracks for ever
-- row: string.match
-- expect: cpu
string.match(("a"):rep(10000), ("a-"):rep(15) .. "b")

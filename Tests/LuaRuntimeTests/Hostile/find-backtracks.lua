-- vector: string.find with a pattern that backtracks for ever
-- row: string.find
-- expect: cpu
string.find(("a"):rep(10000), ("a*"):rep(15) .. "b")

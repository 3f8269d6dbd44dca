-- vector: string.gsub with a pattern that backtracks for ever
-- row: string.gsub
-- expect: cpu
string.gsub(("a"):rep(10000), ("(a*)"):rep(15) .. "b", "%1")

-- vector: a pattern that nests deeper than the matcher goes
-- row: string.match
-- expect: done
assert(not pcall(string.match, "x", ("("):rep(100)))
assert(not pcall(string.match, "x", ("()"):rep(40)))
pcall(string.match, ("x"):rep(100000), ("x?"):rep(100000))
pcall(string.find, ("x"):rep(300000), (".-x"):rep(1))

-- vector: nothing, repeated 2^63 times
-- row: string.rep
-- expect: done
assert((""):rep(math.maxinteger) == "" and (""):rep(math.maxinteger, "") == "")
assert(("x"):rep(-1) == "" and ("x"):rep(math.mininteger) == "" and not pcall(string.rep, "", 2 ^ 63))

-- vector: random numbers over empty, full and reversed ranges
-- row: math.random, math.randomseed
-- expect: done
for _ = 1, 100 do math.random(math.mininteger, math.maxinteger) math.random(0) math.random(1 << 62) end
assert(not pcall(math.random, 0, -1) and not pcall(math.random, 2, 1) and not pcall(math.random, 1, 2, 3))
assert(math.random(math.maxinteger, math.maxinteger) == math.maxinteger)
math.randomseed(1) math.randomseed(0 / 0 == 0 and 1 or 2, math.mininteger)

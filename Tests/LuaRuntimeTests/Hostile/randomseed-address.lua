-- vector: randomseed without a seed, which would give back an address
-- row: math.randomseed
-- expect: done
assert(not pcall(math.randomseed))
local a, b = math.randomseed(1, 2)
local n = math.random(1 << 40)
math.randomseed(1, 2)
assert(a == 1 and b == 2 and n == math.random(1 << 40))

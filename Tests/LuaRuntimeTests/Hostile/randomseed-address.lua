-- vector: the seed that randomseed gives back, which holds an address
-- row: math.randomseed
-- expect: done
assert(select("#", math.randomseed()) == 0 or select(2, math.randomseed()) == 0)

-- vector: 30,000 arguments
-- row: table.pack, select
-- expect: done
local many = table.pack(table.unpack({}, 1, 30000))
assert(many.n == 30000)
assert(select("#", table.unpack({}, 1, 30000)) == 30000)
assert(select(-1, table.unpack({ 1, 2, 3 })) == 3 and not pcall(select, -4, 1, 2, 3) and not pcall(select, 0))
assert(select("#", select(math.maxinteger, 1, 2)) == 0 and not pcall(select, math.mininteger, 1))

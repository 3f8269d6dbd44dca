-- vector: table.unpack over ranges of 2^62
-- row: table.unpack
-- expect: done
for _, last in ipairs { 1 << 20, 1 << 31, 1 << 32, 1 << 62, math.maxinteger } do assert(not pcall(table.unpack, {}, 1, last)) end
assert(not pcall(table.unpack, {}, math.mininteger, math.maxinteger) and not pcall(table.unpack, {}, 0, math.maxinteger))
assert(select("#", table.unpack({}, math.maxinteger, math.maxinteger)) == 1)

-- vector: a format with 100,000 conversions
-- row: string.format, table.unpack
-- expect: done
local t = {}
for i = 1, 100000 do t[i] = i end
assert(#string.format(("%d"):rep(100000), table.unpack(t)) > 100000)
assert(not pcall(string.format, ("%d"):rep(200000), 1))

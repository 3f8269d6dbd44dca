-- vector: error levels out of any range
-- row: error
-- expect: done
for _, level in ipairs { -1, 0, 3, 100, 1 << 31, 1 << 62, math.mininteger } do pcall(error, "x", level) end
assert(not pcall(error, "x", {}))

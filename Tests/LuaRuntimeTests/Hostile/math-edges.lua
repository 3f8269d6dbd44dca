-- vector: integer division and remainder at the edge, shifts, conversions
-- row: math.tointeger, math.fmod, math.ult, math.abs
-- expect: done
local m = math.mininteger
assert(m // -1 == m and m % -1 == 0 and math.abs(m) == m and math.fmod(m, -1) == 0)
assert(not pcall(function() return 1 // 0 end) and not pcall(function() return 1 % 0 end) and not pcall(math.fmod, 1, 0))
assert(1 << 64 == 0 and 1 << -1 == 0 and 1 >> m == 0 and 1 << m == 0 and m >> 63 == 1)
assert(math.tointeger(2 ^ 63) == nil and math.tointeger("x") == nil and math.ult(1, -1))
assert(not pcall(function() return 2 ^ 63 | 0 end) and not pcall(function() return 0 / 0 | 0 end))
assert(not pcall(function() for i = 1, 10, 0 do end end))
local n = 0
for i = math.maxinteger - 1, math.maxinteger do n = n + 1 end
for i = m + 1, m, -1 do n = n + 1 end
assert(n == 4)

-- vector: recursion without end through table.sort
-- row: table.sort
-- expect: done
local function f() table.sort({ 1, 2, 3 }, function(a, b) f() return a < b end) end
assert(not pcall(f))

-- vector: recursion without end through string.gsub
-- row: string.gsub
-- expect: done
local function f() return (string.gsub("x", "x", f)) end
assert(not pcall(f))

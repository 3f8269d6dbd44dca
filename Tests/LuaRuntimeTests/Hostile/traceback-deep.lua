-- vector: an uncaught error at the bottom of a deep recursion
-- row: error
-- expect: error deep
local function deep(n) if n == 0 then error("deep", 0) end deep(n - 1) return n end
deep(20000)

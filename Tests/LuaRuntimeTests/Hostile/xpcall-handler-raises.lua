-- vector: xpcall handler that raises, whose handler raises
-- row: xpcall
-- expect: done
local ok, e = xpcall(error, function(e) error(e) end, "x")
assert(not ok)
local depth = 0
local function handler(e) depth = depth + 1 return select(2, xpcall(error, handler, e)) end
assert(not xpcall(error, handler, "x") and depth < 1000)

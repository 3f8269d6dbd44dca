-- vector: a million arguments
-- row: table.unpack, select
-- expect: memory
local function f(...) return select("#", ...) end
return f(table.unpack({}, 1, 999000))

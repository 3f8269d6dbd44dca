-- vector: table.sort of a table with a length that lies
-- row: table.sort
-- expect: done
assert(not pcall(table.sort, setmetatable({}, { __len = function() return 1 << 40 end })))
assert(not pcall(table.sort, { 1, {}, "x" }) and not pcall(table.sort, { 1, 2 }, next) and not pcall(table.sort, { 2, 1 }, string.rep))

-- vector: table.sort of a table with a length that lies
-- row: table.sort
-- expect: done
table.sort(setmetatable({ 2, 1 }, { __len = function() return 1 << 40 end }))  -- the length is the raw one
assert(not pcall(table.sort, { 1, {}, "x" }) and not pcall(table.sort, { 1, 2 }, next))

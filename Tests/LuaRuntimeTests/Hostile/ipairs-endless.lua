-- vector: ipairs over a table that never ends
-- row: ipairs
-- expect: cpu
for _ in ipairs(setmetatable({}, { __index = function() return 1 end })) do end

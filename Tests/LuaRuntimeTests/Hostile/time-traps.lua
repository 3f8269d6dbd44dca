-- vector: os.time of a table whose __index loops
-- row: os.time
-- expect: cpu
os.time(setmetatable({}, { __index = function() while true do end end }))

-- vector: __lt that loops, inside of table.sort
-- row: table.sort
-- expect: cpu
local meta = { __lt = function() while true do end end }
table.sort({ setmetatable({}, meta), setmetatable({}, meta), setmetatable({}, meta) })

-- vector: __tostring that loops, inside of string.format
-- row: string.format
-- expect: cpu
string.format("%s", setmetatable({}, { __tostring = function() while true do end end }))

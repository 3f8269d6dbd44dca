-- vector: a replacement table whose __index loops
-- row: string.gsub
-- expect: cpu
string.gsub("x", "x", setmetatable({}, { __index = function() while true do end end }))

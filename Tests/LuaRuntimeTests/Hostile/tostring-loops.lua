-- vector: __tostring that loops
-- row: tostring
-- expect: cpu
tostring(setmetatable({}, { __tostring = function() while true do end end }))

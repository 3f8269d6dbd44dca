-- vector: an error object whose __tostring loops, that nobody catches
-- row: error
-- expect: cpu
error(setmetatable({}, { __tostring = function() while true do end end }))

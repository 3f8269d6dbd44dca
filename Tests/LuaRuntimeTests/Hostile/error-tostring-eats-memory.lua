-- vector: an error object whose __tostring takes memory, that nobody catches
-- row: error
-- expect: memory
error(setmetatable({}, { __tostring = function() local s = "x" while true do s = s .. s end end }))

-- vector: an error object whose __tostring calls what waits
-- row: error
-- expect: error cannot be used here
error(setmetatable({}, { __tostring = function() local _, e = pcall(later) return e.message end }))

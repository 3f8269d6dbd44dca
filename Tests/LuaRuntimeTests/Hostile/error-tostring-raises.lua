-- vector: an error object whose __tostring raises error objects
-- row: error
-- expect: error a table without a message
local meta = {}
meta.__tostring = function() error(setmetatable({}, meta)) end
error(setmetatable({}, meta))

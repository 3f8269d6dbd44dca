-- vector: an error object whose __index, __len and __pairs loop
-- row: error
-- expect: error a table without a message
local function loop() while true do end end
error(setmetatable({}, { __index = loop, __len = loop, __pairs = loop, __newindex = loop, __call = loop, __close = loop }))

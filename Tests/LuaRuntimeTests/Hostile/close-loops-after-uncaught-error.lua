-- vector: __close that loops after an error that nobody catches
-- expect: cpu
local x <close> = setmetatable({}, { __close = function() while true do end end })
error("x")

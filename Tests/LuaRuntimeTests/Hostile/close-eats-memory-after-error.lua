-- vector: __close that takes memory after an error that nobody catches
-- expect: memory
local x <close> = setmetatable({}, { __close = function() local t = {} while true do t[#t + 1] = {} end end })
error("x")

-- vector: __concat that concatenates for ever
-- expect: memory
local t = setmetatable({}, { __concat = function(a, b) local s = "x" while true do s = s .. s end end })
return "x" .. t

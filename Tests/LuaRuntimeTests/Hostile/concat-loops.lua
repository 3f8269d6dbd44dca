-- vector: __concat that loops
-- expect: cpu
return setmetatable({}, { __concat = function() while true do end end }) .. "x"

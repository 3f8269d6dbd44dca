-- vector: __le that loops
-- expect: cpu
local meta = { __le = function() while true do end end }
return setmetatable({}, meta) <= setmetatable({}, meta)

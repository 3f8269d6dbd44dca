-- vector: __unm that loops
-- expect: cpu
return -setmetatable({}, { __unm = function() while true do end end })

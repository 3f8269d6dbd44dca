-- vector: a stopped script whose __close loops
-- expect: stopped
local x <close> = setmetatable({}, { __close = function() while true do end end })
emit("up")
forever()

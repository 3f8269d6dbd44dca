-- vector: a metatable of _G that loops, raises and lies
-- row: _G, _ENV
-- expect: error strange
setmetatable(_G, { __index = function(_, k) if k == "strange" then error("strange", 0) end while true do end end, __newindex = function() while true do end end })
local ok = pcall(function() return strange end)
assert(not ok and later(1)[1] == 1)
return strange

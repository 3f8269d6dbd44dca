-- vector: calls that wait inside of metamethods, pcall, close and iterators
-- expect: done
local function wait(v) return later(v)[1] end
local t = setmetatable({}, { __index = function(_, k) return wait(k) end, __add = function() return wait(1) end, __call = function(_, v) return wait(v) end, __eq = function() return wait(true) end, __concat = function() return wait("x") end, __lt = function() return wait(true) end })
assert(t.x == "x" and t + t == 1 and t(5) == 5 and t == setmetatable({}, getmetatable(t)) and t .. t == "x" and t < t)
do local x <close> = setmetatable({}, { __close = function() assert(wait(2) == 2) end }) end
local ok, e = xpcall(function() wait(1) error("x", 0) end, function(e) return e .. tostring(pcall(later)) end)
assert(not ok and e == "xfalse")
for v in function(_, v) v = (v or 0) + 1 return v < 4 and wait(v) or nil end do assert(v < 4) end

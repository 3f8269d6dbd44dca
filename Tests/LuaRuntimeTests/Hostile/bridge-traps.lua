-- vector: metamethods, which the bridge must not ask
-- expect: done
local function loop() while true do end end
local t = setmetatable({ 1, 2 }, { __index = loop, __len = loop, __pairs = loop, __tostring = loop, __eq = loop, __call = loop, __name = {} })
assert(#echo(t)[1] == 2 and #echo({ a = t })[1].a == 2)

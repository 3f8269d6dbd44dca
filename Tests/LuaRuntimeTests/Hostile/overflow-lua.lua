-- vector: recursion without end in Lua
-- expect: memory
local function f() return 1 + f() end
f()

-- vector: tail calls without end
-- expect: cpu
local function f() return f() end
f()

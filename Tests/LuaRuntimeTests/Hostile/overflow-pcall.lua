-- vector: pcall inside of pcall without end
-- row: pcall
-- expect: done
local function f() return pcall(f) end
f()
local g = pcall
for _ = 1, 250 do local h = g g = function(...) return pcall(h, ...) end end
g(error)

-- vector: errors for ever, caught by the same pcall
-- row: pcall, error
-- expect: cpu
local function f() error({}) end
while true do pcall(f) end

-- vector: table.sort of texts that differ in their last byte only
-- row: table.sort
-- expect: cpu
local a, b = ("x"):rep(1 << 20) .. "a", ("x"):rep(1 << 20) .. "b"
local t = {}
for i = 1, 20000 do t[i] = i % 2 == 0 and a or b end
while true do table.sort(t) end

-- vector: many arguments that are numbers only after a long look
-- row: math.max, string.char
-- expect: cpu
local s = ("0"):rep(3 << 20)
local t = {}
for i = 1, 50000 do t[i] = s end
while true do math.max(table.unpack(t)) end

-- vector: a format that looks through one long text at each of many conversions
-- row: string.format
-- expect: cpu
local s = ("x"):rep(3 << 20)
local t = {}
for i = 1, 50000 do t[i] = s end
while true do string.format(("%.1s"):rep(50000), table.unpack(t)) end

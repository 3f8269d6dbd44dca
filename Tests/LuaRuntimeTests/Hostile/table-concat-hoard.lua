-- vector: table.concat of one long text, many times
-- row: table.concat
-- expect: memory
local s, t = ("x"):rep(1 << 20), {}
for i = 1, 1000 do t[i] = s end
table.concat(t)

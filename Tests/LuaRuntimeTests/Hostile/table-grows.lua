-- vector: a table that doubles until its size would overflow
-- expect: memory
local t = {}
for i = 1, math.huge do t[i] = true end

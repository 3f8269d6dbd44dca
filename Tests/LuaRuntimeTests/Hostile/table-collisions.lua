-- vector: a table whose keys all fall into one place when it grows
-- expect: cpu
local t = {}
for i = 1, 1 << 16 do t[i * ((1 << 17) - 1)] = true end
for i = 1, math.huge do t[i + 0.5] = true t[i + 0.5] = nil end

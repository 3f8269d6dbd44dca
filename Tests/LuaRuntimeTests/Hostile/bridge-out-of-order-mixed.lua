-- vector: nested lists that turn out to be none after their first element
-- expect: done
local t = { 1 }
for _ = 1, 100 do t = { t, [4] = 3, [2] = 2 } end
assert(not pcall(emit, t))
t = { 1 }
for _ = 1, 100 do t = { t, x = 1 } end
assert(not pcall(emit, t))

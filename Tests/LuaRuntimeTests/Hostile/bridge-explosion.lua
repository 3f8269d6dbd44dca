-- vector: a table that is small in memory and endless as a text
-- expect: done
local t = { "x" }
for _ = 1, 100 do t = { t, t } end
local ok, e = pcall(emit, t)
assert(not ok and e.message:find("at most", 1, true))

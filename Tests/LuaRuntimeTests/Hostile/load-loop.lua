-- vector: load for ever
-- row: load
-- expect: cpu
local source = ("a = 1 "):rep(1000)
while true do load(source) end

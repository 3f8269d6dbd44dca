-- vector: host calls between allocations, to begin anew
-- expect: memory
local t = {}
while true do nothing() for _ = 1, 100 do t[#t + 1] = { #t } end end

-- vector: an object with more members than a stack holds
-- expect: done
local t = {}
for i = 1, 20000 do t["k" .. i] = i end
local back = echo(t)[1]
assert(back.k1 == 1 and back.k20000 == 20000)

-- vector: nested lists whose indices do not come in order
-- expect: done
local t = { 1 }
for _ = 1, 100 do t = { t, [3] = 3, [2] = 2 } end
local first = echo(t)[1]
for _ = 1, 100 do assert(#first == 3 and first[2] == 2 and first[3] == 3) first = first[1] end

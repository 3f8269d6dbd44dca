-- vector: table.sort of many numbers without a comparator, for ever
-- row: table.sort
-- expect: cpu
local t = {}
for i = 1, 20000 do t[i] = i * 7919 % 20011 end
while true do table.sort(t) t[1], t[10000] = t[10000], t[1] end

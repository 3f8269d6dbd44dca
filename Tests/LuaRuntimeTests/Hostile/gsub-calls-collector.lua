-- vector: string.gsub whose replacement is the collector
-- row: string.gsub, collectgarbage
-- expect: cpu
local t = {}
for i = 1, 50000 do t[i] = {} end
while true do (("collect"):rep(10000)):gsub("collect", collectgarbage) end

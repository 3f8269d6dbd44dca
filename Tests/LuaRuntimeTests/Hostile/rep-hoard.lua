-- vector: many large strings, all kept
-- row: string.rep
-- expect: memory
local t = {}
while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end

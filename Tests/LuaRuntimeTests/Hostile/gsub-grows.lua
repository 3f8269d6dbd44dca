-- vector: a replacement that grows the text without end
-- row: string.gsub
-- expect: memory
local s = "aaaaaaaaaa"
while true do s = s:gsub("a", "aa") end

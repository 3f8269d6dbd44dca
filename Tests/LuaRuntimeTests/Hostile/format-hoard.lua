-- vector: a format that grows without end
-- row: string.format
-- expect: memory
local s = "x"
while true do s = string.format("%s%s%s", s, s, s) end

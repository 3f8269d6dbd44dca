-- vector: string.pack of more than there is room for
-- row: string.pack
-- expect: memory
local t = {}
while true do t[#t + 1] = string.pack("c1000000", "x") end

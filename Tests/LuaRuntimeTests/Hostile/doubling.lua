-- vector: a string that doubles itself
-- expect: memory
local s = "x"
while true do s = s .. s end

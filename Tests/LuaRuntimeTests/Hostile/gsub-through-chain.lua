-- vector: string.gsub with a table that 1,900 tables of __index stand behind
-- row: string.gsub
-- expect: cpu
local chain = {}
for _ = 1, 1900 do chain = setmetatable({}, { __index = chain }) end
while true do (("x"):rep(1 << 20)):gsub("x", chain) end

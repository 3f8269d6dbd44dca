-- vector: table.sort of holes that 1,900 tables of __index must be asked for
-- row: table.sort
-- expect: cpu
local values = {}
for i = 1, 50000 do values[i] = i * 7919 % 50021 end
local chain = values
for _ = 1, 1900 do chain = setmetatable({}, { __index = chain, __newindex = chain }) end
local holes = table.pack(table.unpack({}, 1, 50000))
holes[50000], holes.n = 1, nil
setmetatable(holes, { __index = chain, __newindex = chain })
while true do pcall(table.sort, holes) end

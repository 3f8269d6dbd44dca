-- vector: table.move over ranges of 2^62
-- row: table.move
-- expect: done
for _, last in ipairs { 1 << 24, 1 << 62, math.maxinteger } do assert(not pcall(table.move, {}, 1, last, 2)) end
assert(not pcall(table.move, {}, math.mininteger, math.maxinteger, 1) and not pcall(table.move, {}, 1, 2, math.maxinteger))
local t = setmetatable({}, { __index = function() while true do end end, __newindex = function() while true do end end })
table.move(t, 1, 100, 2)
table.move({ 1, 2, 3 }, 3, 1, math.maxinteger)

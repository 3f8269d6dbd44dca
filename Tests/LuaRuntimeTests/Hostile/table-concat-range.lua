-- vector: table.concat over ranges of 2^62
-- row: table.concat
-- expect: done
for _, last in ipairs { 1 << 24, 1 << 62, math.maxinteger } do assert(not pcall(table.concat, {}, "", 1, last)) end
assert(not pcall(table.concat, {}, "", math.mininteger, math.maxinteger))
assert(table.concat({}, "", math.maxinteger, math.mininteger) == "" and table.concat({ [math.maxinteger] = "x" }, "", math.maxinteger, math.maxinteger) == "x")
local asked = setmetatable({}, { __index = function() return "x" end, __len = function() return 1 << 62 end })
assert(table.concat(asked) == "")

-- vector: string.char and utf8.char with bad values, and with many
-- row: string.char, utf8.char
-- expect: done
for _, n in ipairs { -1, 256, 1 << 62, math.mininteger } do assert(not pcall(string.char, n)) end
assert(not pcall(utf8.char, -1) and not pcall(utf8.char, 1 << 31) and #utf8.char(0x7FFFFFFF) == 6)
local t = {}
for i = 1, 50000 do t[i] = 65 end
assert(#string.char(table.unpack(t)) == 50000 and #utf8.char(table.unpack(t)) == 50000)

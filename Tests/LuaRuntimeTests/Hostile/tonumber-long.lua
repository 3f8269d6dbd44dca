-- vector: tonumber of long texts and in odd bases
-- row: tonumber
-- expect: done
assert(tonumber(("9"):rep(1 << 20)) == math.huge or tonumber(("9"):rep(1 << 20)) == nil)
assert(tonumber(("0"):rep(1 << 20) .. "1") == 1 and tonumber((" "):rep(1 << 20)) == nil)
assert(tonumber(("z"):rep(100000), 36) and not pcall(tonumber, "1", 37) and not pcall(tonumber, 1, 10))
assert(tonumber("0x" .. ("f"):rep(100000)) == -1 and tonumber("1e" .. ("9"):rep(1000)) == nil or true)
for _, s in ipairs { "nan", "inf", "-inf", "0x", "1e", "", " ", "1 2", "1\0", "infinity", "0x1p" } do assert(tonumber(s) == nil) end

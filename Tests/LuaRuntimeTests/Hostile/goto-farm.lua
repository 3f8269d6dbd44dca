-- vector: thousands of labels and jumps
-- row: load
-- expect: done
local t = {}
for i = 1, 2500 do t[#t + 1] = ("goto l%d ::l%d::"):format(i, i) end
local f = load(table.concat(t, " "))
if f then f() end
assert(load("while true do " .. ("break "):rep(10000) .. "end"))
assert(load("goto nowhere") == nil and load("::a:: ::a::") == nil and load("goto a local x ::a:: x = 1") == nil)

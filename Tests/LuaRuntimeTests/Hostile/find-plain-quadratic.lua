-- vector: string.find for half a text in a text of 1 MB, again and again
-- row: string.find
-- expect: cpu
local text = ("a"):rep(1 << 20)
local wanted = ("a"):rep(1 << 19) .. "b"
while true do text:find(wanted, 1, true) end

-- vector: os.date with a format of 200 KB, for ever
-- row: os.date
-- expect: cpu
local f = ("%c"):rep(20000)
while true do pcall(os.date, f, 0) end

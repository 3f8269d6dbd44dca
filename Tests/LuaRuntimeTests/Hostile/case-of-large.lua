-- vector: upper, lower and reverse of large texts for ever
-- row: string.upper, string.lower, string.reverse
-- expect: cpu
local s = ("x"):rep(1 << 20)
while true do pcall(string.upper, s) pcall(string.lower, s) pcall(string.reverse, s) end

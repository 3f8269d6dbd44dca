-- vector: short matches for ever
-- row: string.match
-- expect: cpu
while true do ("x"):match("x") end

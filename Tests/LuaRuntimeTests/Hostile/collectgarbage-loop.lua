-- vector: collectgarbage for ever
-- row: collectgarbage
-- expect: cpu
while true do collectgarbage() end

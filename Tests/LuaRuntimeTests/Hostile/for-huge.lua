-- vector: loops that count to the end of all numbers
-- expect: cpu
for _ = 1, math.huge do end

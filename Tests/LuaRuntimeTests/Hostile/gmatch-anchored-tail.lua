-- vector: a pattern that walks the rest of the text from every place
-- row: string.gmatch
-- expect: cpu
for _ in (("a"):rep(1 << 20)):gmatch("a*b") do end

-- vector: a replacement function that loops
-- row: string.gsub
-- expect: cpu
string.gsub("x", "x", function() while true do end end)

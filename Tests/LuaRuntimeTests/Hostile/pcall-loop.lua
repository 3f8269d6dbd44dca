-- vector: pcall around an endless loop, in an endless loop
-- row: pcall
-- expect: cpu
while true do pcall(function() while true do end end) end

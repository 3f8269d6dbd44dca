-- vector: xpcall handler that loops
-- row: xpcall
-- expect: cpu
xpcall(function() while true do end end, function() while true do end end)

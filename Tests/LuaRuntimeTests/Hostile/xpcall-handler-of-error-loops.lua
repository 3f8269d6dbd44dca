-- vector: xpcall handler that loops after an error of its own
-- row: xpcall, error
-- expect: cpu
xpcall(function() error("x") end, function() while true do end end)

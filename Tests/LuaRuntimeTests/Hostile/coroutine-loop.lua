-- vector: endless loops in coroutines, for ever
-- row: coroutine.wrap
-- expect: cpu
while true do coroutine.wrap(function() while true do end end)() end

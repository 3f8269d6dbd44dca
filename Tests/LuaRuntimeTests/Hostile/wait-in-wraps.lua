-- vector: a call that waits, 150 coroutines deep
-- row: coroutine.wrap, coroutine.yield
-- expect: done
local function nest(n)
  if n == 0 then return function(...) return later(...) end end
  return function(...) return coroutine.wrap(nest(n - 1))(...) end
end
for _ = 1, 3 do assert(coroutine.wrap(nest(150))(7)[1] == 7) end

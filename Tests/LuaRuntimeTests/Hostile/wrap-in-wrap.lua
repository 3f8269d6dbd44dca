-- vector: wrap inside of wrap, 200 deep
-- row: coroutine.wrap
-- expect: done
local function nest(n)
  if n == 0 then return function() coroutine.yield(1) return 2 end end
  return function() local inner = coroutine.wrap(nest(n - 1)) coroutine.yield(inner()) return inner() end
end
local co = coroutine.wrap(nest(150))
assert(co() == 1 and co() == 2)
pcall(function() local deep = coroutine.wrap(nest(200)) deep() deep() end)
pcall(function() local deep = coroutine.wrap(nest(1000)) deep() deep() end)

-- vector: coroutines that resume each other, themselves and the dead
-- row: coroutine.resume, coroutine.status, coroutine.running
-- expect: done
local a, b
a = coroutine.create(function()
  assert(not coroutine.resume(a))
  assert(coroutine.resume(b))
  coroutine.yield()
end)
b = coroutine.create(function()
  assert(not coroutine.resume(a) and coroutine.status(a) == "normal")
  assert(not pcall(coroutine.close, a) and not pcall(coroutine.close, coroutine.running()))
end)
assert(coroutine.resume(a))
assert(not coroutine.resume(b) and coroutine.status(b) == "dead")
assert(not coroutine.resume(coroutine.running()))
local main = coroutine.running()
coroutine.wrap(function() assert(not coroutine.resume(main) and not pcall(coroutine.close, main)) end)()

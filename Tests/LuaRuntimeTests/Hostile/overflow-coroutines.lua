-- vector: coroutines that resume new ones without end
-- row: coroutine.resume, coroutine.create
-- expect: done
local function f() return coroutine.resume(coroutine.create(f)) end
f()
local function g() return coroutine.wrap(g)() end
assert(not pcall(g))

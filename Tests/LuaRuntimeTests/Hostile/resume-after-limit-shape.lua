-- vector: resume with more arguments than a stack holds
-- row: coroutine.resume, table.unpack
-- expect: done
local co = coroutine.create(function(...) return select("#", ...) end)
local ok, n = coroutine.resume(co, table.unpack({}, 1, 30000))
assert(ok and n == 30000)

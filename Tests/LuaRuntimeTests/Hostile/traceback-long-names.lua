-- vector: a traceback of chunks with names of 20 KB
-- row: load
-- expect: error deep
local source = "local f, n = ... if n == 0 then error('deep', 0) end f(f, n - 1) return n"
local f = load(source, "=" .. ("n"):rep(20000))
f(f, 60)

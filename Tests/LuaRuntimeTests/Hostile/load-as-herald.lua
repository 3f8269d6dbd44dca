-- vector: a chunk that passes for one of Herald's own, to hide its line
-- row: load
-- expect: error (load):1: x
load("error('x')", "=[herald]")()

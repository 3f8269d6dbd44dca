-- vector: a chunk whose name has control bytes, that a limit ends inside of a library function
-- row: load, string.find
-- expect: cpu
load("string.find(('a'):rep(10000), ('a*'):rep(15) .. 'b')", "=a\27[2J\8\127\255")()

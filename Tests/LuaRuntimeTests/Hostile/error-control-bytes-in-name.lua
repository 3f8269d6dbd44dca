-- vector: a chunk whose name has control bytes, that a limit ends
-- row: load
-- expect: cpu
load("while true do end", "=a\27[2J\8\127\255")()

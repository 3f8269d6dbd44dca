-- vector: load of more than 64 KiB
-- row: load
-- expect: done
assert(load((" "):rep(65536)) and load((" "):rep(65537)) == nil and load(("-"):rep(1 << 20)) == nil)

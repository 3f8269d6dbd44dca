-- vector: string.dump
-- row: string.dump
-- expect: done
assert(string.dump == nil and ("").dump == nil)

-- vector: a chunk that loads itself without end
-- row: load
-- expect: done
text = "return (string.gsub('x', 'x', load(text)))"
assert(not pcall(load(text)))

-- vector: an error object that brings a traceback and a place of its own
-- row: error
-- expect: error fake.lua:7: m
error({ message = "m", script = "fake.lua", line = 7, traceback = { "a", {}, 1 << 62 } })

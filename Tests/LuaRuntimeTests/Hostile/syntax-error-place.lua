-- vector: a text that is no Lua, with control bytes
-- expect: error unexpected symbol
x = = "\27"

-- vector: literals that never end or hold everything
-- row: load
-- expect: done
for _, s in ipairs { "'", "\"", "[[", "[==[", "--[[", "'\\", "'\\x", "'\\u{", "'\\u{110000000}'", "'\\300'", "0x", "1e", "1..2", "'\n'", "\0", "\255", "[=", "0xg", "3x", "~", "::", "@", "$", "`" } do
  assert(load("return " .. s) == nil)
end
assert(#load("return '" .. ("\\0"):rep(30000) .. "'")() == 30000 and load("return '" .. ("x"):rep(60000) .. "'"))
assert(load("return 0x" .. ("f"):rep(60000))() == -1 and load("return " .. ("9"):rep(300))() and load("return 1e" .. ("9"):rep(100))() == math.huge)
assert(load(("\n"):rep(65000) .. "x x") == nil)

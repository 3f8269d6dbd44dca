-- vector: chunk names of all kinds
-- row: load
-- expect: done
for _, name in ipairs { "", "=", "@", "=[herald]", "@[herald]", "\0", "\n", ("x"):rep(1 << 20), "%s%n", "=\27[2J" } do
  local ok, e = pcall(load("error('x')", name))
  assert(not ok and type(e) == "string")
  assert(load("x x", name) == nil)
end

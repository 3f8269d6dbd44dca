-- vector: load of bytecode
-- row: load
-- expect: done
for _, mode in ipairs { "b", "t", "bt", "" } do
  local f, e = load("\27Lua\x54\0\x19\x93\r\n\x1a\n", "n", mode)
  assert(f == nil and type(e) == "string")
end
assert(load("\27") == nil and load("return 1", "n", "b") == nil and load("return 1", "n", "bt")() == 1)

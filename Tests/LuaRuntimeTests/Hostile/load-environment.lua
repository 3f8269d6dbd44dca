-- vector: load with environments of all kinds
-- row: load, _ENV, _G
-- expect: done
assert(not pcall(load("return x", "n", "t", nil)))
assert(load("return x", "n", "t", { x = 1 })() == 1)
assert(not pcall(load("return x", "n", "t", 5)) and load("return x", "n", "t", "")() == nil)
assert(load("return _ENV")() == _G and load("return _G")() == _G)
for _, name in ipairs { "io", "debug", "package", "require", "dofile", "loadfile" } do
  assert(load("return " .. name)() == nil and load("local _ENV = _ENV._G return " .. name)() == nil)
end

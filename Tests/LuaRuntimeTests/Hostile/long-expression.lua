-- vector: one long expression, whose error asks for a name
-- row: load
-- expect: done
local f = load("local a return a" .. (".x"):rep(200) .. ("and a"):rep(10000):gsub("and", " and "):sub(1, 0))
assert(f and not pcall(f))
for _, part in ipairs { ".x", "[1]", "()", ":x()", "'x'", "{}" } do
  f = load("local a return a" .. part:rep(60000 // #part))
  if f then pcall(f) end
end
f = load("local a = {} " .. ("a = a + 1 "):rep(6000))
assert(f and not pcall(f))

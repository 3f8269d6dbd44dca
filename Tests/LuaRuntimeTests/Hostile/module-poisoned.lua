-- vector: the libraries' tables overwritten, then used by the host
-- row: rawset, string metatable
-- expect: done
for _, library in ipairs { string, table, math, utf8, coroutine, os } do
  for name in pairs(library) do rawset(library, name, function() error("poisoned") end) end
end
assert(("x"):rep(3) == "xxx" and ("abc"):find("b") == 2)
assert(echo({ a = "x" })[1].a == "x" and later(5)[1] == 5)
local ok, e = pcall(refuse)
assert(not ok and tostring(e):find("it may not be"))

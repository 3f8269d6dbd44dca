-- vector: a chain of and and or as long as load takes
-- row: load
-- expect: done
local f = load("local a = 1 return a" .. (" and a"):rep(10000))
assert(not f or f() == 1)
f = load("local a = 1 return a" .. (" or a"):rep(10000))
assert(not f or f() == 1)
f = load("local a if a then " .. ("elseif a then "):rep(4000) .. "end")
assert(f) f()

-- vector: a concatenation of thousands of operands
-- row: load
-- expect: done
assert(load("return " .. ("'x' .. "):rep(150) .. "'x'"))
assert(load("return " .. ("'x' .. "):rep(10000) .. "'x'") == nil)
assert(load("local t = " .. ("1 + "):rep(15000) .. "1"))

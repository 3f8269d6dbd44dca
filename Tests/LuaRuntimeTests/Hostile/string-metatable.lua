-- vector: the metatable that all strings share
-- row: getmetatable, string metatable
-- expect: done
assert(getmetatable("") == nil and not pcall(setmetatable, "", {}))
string.upper = function() return "poisoned" end
assert(("x"):upper() == "X")
assert(not pcall(function() ("x").upper = 1 end))
assert("10" + 1 == 11 and -"2" == -2 and "7" // "2" == 3 and "0x10" * 1 == 16)
assert(not pcall(function() return ("x") + 1 end))

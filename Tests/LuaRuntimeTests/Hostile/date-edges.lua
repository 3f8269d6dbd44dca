-- vector: dates with bad conversions and times
-- row: os.date
-- expect: done
for _, f in ipairs { "%", "%E", "%Ez", "%O", "%Q", "%5", "%\0", "*x", "!%", "%N" } do pcall(os.date, f, 0) end
for _, t in ipairs { 1 << 62, math.mininteger, math.maxinteger, -1, 1 << 40 } do pcall(os.date, "%c", t) pcall(os.date, "*t", t) pcall(os.date, "!*t", t) end
assert(not pcall(os.date, "%Q", 0) and not pcall(os.date, "%Ez", 0) and not pcall(os.date, "%c", {}))
assert(os.date("!%Y", 0) == "1970" and os.date("!*t", 0).year == 1970)

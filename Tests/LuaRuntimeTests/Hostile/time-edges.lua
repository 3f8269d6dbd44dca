-- vector: times beyond all calendars
-- row: os.time, os.clock, os.difftime
-- expect: done
for _, year in ipairs { 1 << 62, math.mininteger, 1 << 31, -(1 << 31), 0, -1, 99999 } do
  pcall(os.time, { year = year, month = 1, day = 1 })
  pcall(os.time, { year = 2000, month = year, day = year, hour = year, min = year, sec = year })
end
for _, v in ipairs { "x", {}, 0.5, 0 / 0 } do assert(not pcall(os.time, { year = v, month = 1, day = 1 })) end
assert(not pcall(os.time, {}) and not pcall(os.time, 5) and os.clock() >= 0 and os.difftime(2, 1) == 1)
pcall(os.difftime, math.maxinteger, math.mininteger)

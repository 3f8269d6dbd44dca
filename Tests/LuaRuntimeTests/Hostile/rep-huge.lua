-- vector: repetitions whose size overflows
-- row: string.rep
-- expect: done
for _, n in ipairs { 1 << 40, 1 << 62, math.maxinteger } do
  assert(not pcall(string.rep, "x", n) and not pcall(string.rep, "ab", n, "c") and not pcall(string.rep, "", n, "c"))
end

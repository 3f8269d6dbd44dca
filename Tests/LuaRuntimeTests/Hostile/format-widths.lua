-- vector: widths and precisions beyond what format takes
-- row: string.format
-- expect: done
assert(#string.format("%99.99f", -1e308) < 500 and #string.format("%+#99.99f", 1e308) < 500)
assert(#string.format("%99.99a", 1 / 3) < 500 and #string.format("%99d", math.mininteger) == 99)
for _, f in ipairs { "%100d", "%.100f", "%-+ #0-+ #0d", "%1", "%", "%y", "%\0", "%lld", "%*d", "%n", "%2147483648d", "%p" } do
  assert(not pcall(string.format, f, 1, 1, 1))
end

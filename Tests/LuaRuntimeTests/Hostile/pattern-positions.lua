-- vector: places to begin at that lie outside of the text
-- row: string.find, string.gmatch, string.byte, string.sub
-- expect: done
for _, i in ipairs { math.mininteger, -100, 0, 4, 5, 100, math.maxinteger } do
  string.find("abc", "", i) string.match("abc", ".", i) string.byte("abc", i, math.maxinteger) string.sub("abc", i, i)
  for _ in ("abc"):gmatch(".", i) do end
end

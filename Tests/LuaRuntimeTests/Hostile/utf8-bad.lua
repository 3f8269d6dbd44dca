-- vector: utf8 functions with what is not UTF-8
-- row: utf8.len, utf8.codepoint, utf8.codes, utf8.offset
-- expect: done
for _, s in ipairs { "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "a\x80", "\xf8\x88\x80\x80\x80" } do
  local n, at = utf8.len(s)
  assert(n == nil and at <= #s)
  assert(not pcall(utf8.codepoint, s, 1, -1))
  pcall(function() for _ in utf8.codes(s) do end end)
  for i = -10, 10 do pcall(utf8.offset, s, i) pcall(utf8.offset, s, 1, i) pcall(utf8.len, s, i) end
end
for _, i in ipairs { math.mininteger, math.maxinteger } do pcall(utf8.offset, "abc", i) pcall(utf8.offset, "abc", 1, i) pcall(utf8.len, "abc", i, i) pcall(utf8.codepoint, "abc", i) end
assert(not pcall(utf8.codepoint, ("x"):rep(2 << 20), 1, -1))

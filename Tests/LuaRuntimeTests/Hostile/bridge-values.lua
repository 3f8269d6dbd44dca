-- vector: values that JSON does not have
-- expect: done
for _, v in ipairs { 0 / 0, math.huge, -math.huge, emit, coroutine.running(), "\xff", "\xed\xa0\x80", { ["\xff"] = 1 }, { 1, ["\xff"] = 1 }, { ["\xff"] = emit }, { emit }, { a = { b = 0 / 0 } } } do
  local ok, e = pcall(emit, v)
  assert(not ok and e.code == "badJSON" and utf8.len(e.message))
end
assert(echo((1 << 53) + 1)[1] == (1 << 53) + 1 and echo(math.mininteger)[1] == math.mininteger and echo(-0.0)[1] == 0)
assert(echo("\0\1\31\127\u{2028}\u{10FFFF}\"\\")[1] == "\0\1\31\127\u{2028}\u{10FFFF}\"\\")

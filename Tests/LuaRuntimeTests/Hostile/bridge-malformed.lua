-- vector: texts that are no JSON
-- expect: done
for _, s in ipairs { "", " ", "x", "[", "]", "{", "[1,]", "{,}", "{1:2}", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "1e999", "'x'", '"', '"\\', '"\\u12', '"\\ud800"', '"\\udc00\\ud800"', '"\1"', '"\255"', "nul", "truex", "[1 2]", "\239\187\191[]", "\0", "[]\0", "//", "99999999999999999999" } do
  local ok, e = pcall(json.decode, s)
  assert(not ok and e.code == "badJSON" and e.message:find("at byte %d+"), s)
end

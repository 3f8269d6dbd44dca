-- vector: malformed patterns
-- row: string.find, string.match, string.gmatch, string.gsub
-- expect: done
for _, p in ipairs { "%", "[", "[^", "[a", "[%", "[]", "[a-", "(", ")", "%b", "%bx", "%f", "%f[", "%1", "(%1)", "%9", "()%2" } do
  pcall(string.find, "abc", p) pcall(string.match, "abc", p) pcall(string.gsub, "abc", p, "%0") pcall(function() for _ in ("abc"):gmatch(p) do end end)
end
assert(not pcall(string.find, "a", "%") and not pcall(string.gsub, "a", "a", "%9") and not pcall(string.gsub, "a", "a", "%"))
assert(not pcall(string.gsub, "a", "a", true) and not pcall(string.gsub, "a", "a", function() return {} end))

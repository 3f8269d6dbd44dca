-- vector: string.pack and unpack at their edges
-- row: string.pack, string.packsize, string.unpack
-- expect: done
for _, f in ipairs { "i17", "i0", "!17", "!3", "s17", "c", "Xs", "X", "y", "i16", "!16Xi16" } do
  pcall(string.packsize, f) pcall(string.pack, f, 1) pcall(string.unpack, f, "xxxxxxxxxxxxxxxxxxxx", 1)
end
assert(not pcall(string.packsize, ("c2147483647"):rep(10)) and not pcall(string.packsize, "s"))
assert(not pcall(string.unpack, "s8", "\255\255\255\255\255\255\255\255") and not pcall(string.unpack, "z", "abc"))
assert(not pcall(string.unpack, "i4", "abc", math.maxinteger) and not pcall(string.unpack, "c9", "abc", math.mininteger))
assert(not pcall(string.pack, ("i16"):rep(100000), 1))

-- vector: tables nested deeper than the bridge goes
-- expect: done
local t = {}
for _ = 1, 126 do t = { t } end
assert(emit(t) == nil)
for _ = 1, 5 do t = { t } end
local ok, e = pcall(emit, t)
assert(not ok and e.code == "badJSON" and e.message:find("deeper", 1, true))
for _ = 1, 100000 do t = { t } end
assert(not pcall(emit, t))
local text = ("["):rep(129) .. ("]"):rep(129)
assert(not pcall(json.decode, text) and json.decode(text:sub(2, -2)))
assert(not pcall(json.decode, ("["):rep(1000000)) and not pcall(json.decode, ('{"a":'):rep(100000)))

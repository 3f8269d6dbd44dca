-- vector: long chains of ephemerons
-- row: setmetatable, collectgarbage
-- expect: done
local t = setmetatable({}, { __mode = "k" })
local key = {}
local first = key
for _ = 1, 3000 do local nextKey = {} t[key] = nextKey key = nextKey end
collectgarbage()
local n = 0
while t[first] do first = t[first] n = n + 1 end
assert(n == 3000)

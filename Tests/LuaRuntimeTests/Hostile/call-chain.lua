-- vector: a chain of __call, 100 long
-- expect: done
local t = function(...) return select("#", ...) end
for _ = 1, 100 do t = setmetatable({}, { __call = t }) end
assert(t() == 100)

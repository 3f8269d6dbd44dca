-- vector: __call that is pcall
-- row: pcall
-- expect: done
local t = setmetatable({}, { __call = pcall })
assert(t() == true)

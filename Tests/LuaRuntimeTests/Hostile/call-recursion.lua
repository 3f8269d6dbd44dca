-- vector: __call that calls its table
-- expect: memory
local t = setmetatable({}, { __call = function(self) return 1 + self() end })
pcall(t)

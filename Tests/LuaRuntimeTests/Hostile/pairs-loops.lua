-- vector: __pairs that loops, and an iterator that never ends
-- row: pairs, next
-- expect: cpu
for _ in pairs(setmetatable({}, { __pairs = function() return function() return 1 end end })) do end

-- vector: load with a reader function
-- row: load
-- expect: done
assert(not pcall(load, function() while true do end end) and not pcall(load, 1) and not pcall(load, {}) and not pcall(load))
assert(not pcall(load, setmetatable({}, { __call = function() return "" end })))

-- vector: __close that is no function when it is needed
-- expect: done
local meta = { __close = function() end }
local ok, e = pcall(function()
  local x <close> = setmetatable({}, meta)
  meta.__close = nil
end)
assert(not ok)
assert(not pcall(function() local x <close> = {} end))

-- vector: __close that loops while an error unwinds
-- expect: cpu
pcall(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  error("x")
end)

-- vector: a dead coroutine whose __close loops, closed by wrap
-- row: coroutine.wrap
-- expect: cpu
coroutine.wrap(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  error("x")
end)()

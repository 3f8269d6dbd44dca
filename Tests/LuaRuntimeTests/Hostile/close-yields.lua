-- vector: __close that yields, or waits, while a coroutine is closed
-- row: coroutine.close
-- expect: done
local seen
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() seen = { pcall(coroutine.yield) } seen[3] = pcall(later) end })
  coroutine.yield()
end)
coroutine.resume(co)
coroutine.close(co)
assert(seen[1] == false and seen[3] == false)

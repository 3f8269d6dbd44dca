-- vector: a chain of coroutines that die while they are closed
-- row: coroutine.close, coroutine.wrap
-- expect: done
local function link(inner)
  return coroutine.wrap(function()
    local x <close> = setmetatable({}, { __close = function() if inner then inner() end end })
    coroutine.yield()
    error("x")
  end)
end
local f
for _ = 1, 1000 do f = link(f) f() end
pcall(f)

-- vector: a chain of 12,000 coroutines that close one another
-- row: coroutine.close
-- expect: done
local function link(inner)
  local co = coroutine.create(function()
    local x <close> = setmetatable({}, { __close = function() if inner then coroutine.close(inner) end end })
    coroutine.yield()
  end)
  coroutine.resume(co)
  return co
end
local co
for _ = 1, 3000 do co = link(co) end
pcall(coroutine.close, co)

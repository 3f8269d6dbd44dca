-- vector: yield inside of table.sort, string.gsub and metamethods of them
-- row: coroutine.yield, coroutine.isyieldable
-- expect: done
local co = coroutine.wrap(function()
  assert(coroutine.isyieldable())
  assert(not pcall(table.sort, { 2, 1 }, function() coroutine.yield() end))
  assert(not pcall(string.gsub, "x", "x", function() coroutine.yield() end))
  assert(not pcall(tostring, setmetatable({}, { __tostring = function() coroutine.yield() end })))
  return "end"
end)
assert(co() == "end")
assert(not coroutine.isyieldable() and not pcall(coroutine.yield, 1))

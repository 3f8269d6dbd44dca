-- vector: calls that wait where nothing can wait
-- row: table.sort, string.gsub
-- expect: done
local places = {
  function() table.sort({ 2, 1 }, function(a, b) later() return a < b end) end,
  function() string.gsub("x", "x", later) end,
  function() string.gsub("x", "x", function() coroutine.wrap(later)() end) end,
  function() tostring(setmetatable({}, { __tostring = function() later() return "" end })) end,
  function() for _ in pairs(setmetatable({}, { __pairs = function() return later end })) do break end error({ code = "cannotWait" }) end,
  function() os.time(setmetatable({}, { __index = function() later() return 1 end })) end,
}
for i, place in ipairs(places) do
  local ok, e = pcall(place)
  assert(not ok and type(e) == "table" and e.code == "cannotWait", i)
end
assert(later(1)[1] == 1)

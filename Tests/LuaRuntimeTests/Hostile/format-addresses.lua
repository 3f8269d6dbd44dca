-- vector: addresses that show
-- row: tostring, string.format
-- expect: done
local values = { {}, next, emit, coroutine.create(emit), json.null, function() end, setmetatable({}, { __name = "n" }) }
for _, v in ipairs(values) do
  assert(not tostring(v):find("0x", 1, true) and not string.format("%s", v):find("0x", 1, true))
  assert(not pcall(string.format, "%p", v))
  local _, e = pcall(function() return v + {} end)
  assert(not tostring(e):find("0x", 1, true))
end

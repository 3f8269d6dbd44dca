-- vector: a metatable that only a weak table holds, gone in the middle of an assignment
-- row: setmetatable, collectgarbage
-- expect: done
for _ = 1, 200 do
  local t = setmetatable({}, setmetatable({ __newindex = function(t, k, v) collectgarbage() rawset(t, k, v) end }, { __mode = "kv" }))
  t.x = ("x"):rep(100)
  setmetatable(t, { __mode = "v", __index = function(t, k) collectgarbage() return {} end })
  t[{}] = {} t[1] = {} t.y = t.z
end

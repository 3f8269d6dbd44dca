-- vector: __mode that appears, changes and is no text
-- row: setmetatable, collectgarbage
-- expect: done
local meta = {}
local t = setmetatable({}, meta)
for _, mode in ipairs { "k", "v", "kv", 5, {}, true, "", ("k"):rep(100000) } do
  t[{}] = {} meta.__mode = mode collectgarbage() meta.__mode = nil collectgarbage()
end

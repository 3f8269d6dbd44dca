-- vector: a weak table whose key goes while it is assigned to, when memory is short
-- row: collectgarbage
-- expect: memory
local t = setmetatable({}, { __mode = "k" })
local hold = {}
while true do
  for i = 1, 100 do t[{}] = ("x"):rep(i) .. #hold end
  t[setmetatable({}, { __index = t })] = hold
  hold[#hold + 1] = ("y"):rep(1000) .. #hold
end

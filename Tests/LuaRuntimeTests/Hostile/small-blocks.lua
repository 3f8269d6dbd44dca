-- vector: blocks of every size, in turn, to take more than is used
-- expect: done
for size = 1, 512, 16 do
  local t = {}
  for i = 1, 500 do t[i] = ("x"):rep(size) .. i end
  t = nil
  collectgarbage()
end

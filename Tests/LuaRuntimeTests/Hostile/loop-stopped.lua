-- vector: a loop that is stopped from outside
-- expect: stopped
emit("up")
while true do pcall(function() for _ = 1, 1000 do nothing() end end) end

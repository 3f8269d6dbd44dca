-- vector: a script that catches what a stopped wait gives, and goes on
-- expect: stopped
emit("up")
while true do pcall(forever) end

-- vector: a list of a million elements, and a text of as many lists
-- expect: memory
local t = {}
for i = 1, 200000 do t[i] = true end
assert(#echo(t)[1] == 200000)
json.decode("[" .. ("[],"):rep(300000) .. "[]]")

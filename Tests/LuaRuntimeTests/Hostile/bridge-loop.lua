-- vector: the bridge's own functions for ever, which are no host calls
-- expect: cpu
local t = { a = { 1, 2, 3 }, b = "x" }
while true do json.decode(json.encode(t)) end

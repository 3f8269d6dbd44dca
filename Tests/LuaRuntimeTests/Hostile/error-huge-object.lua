-- vector: an error object whose every field is large
-- row: error
-- expect: error xxxxxxxx
local s = ("x"):rep(1 << 20)
error({ message = s, script = s, line = 1, code = s, requestId = s })

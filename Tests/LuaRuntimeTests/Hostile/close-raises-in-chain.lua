-- vector: 200 variables whose __close raises each
-- expect: done
local count = 0
local function open(n)
  if n == 0 then error("inner") end
  local x <close> = setmetatable({}, { __close = function() count = count + 1 error("outer " .. n) end })
  return (open(n - 1))
end
local ok, e = pcall(open, 150)
assert(not ok and count == 150 and e:find("outer 150", 1, true))

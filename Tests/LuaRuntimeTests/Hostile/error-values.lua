-- vector: errors that are functions, coroutines, booleans and numbers
-- row: error, assert
-- expect: error the error value is a thread
for _, v in ipairs { true, 1, 1.5, next, {}, json.null } do
  local ok, e = pcall(error, v)
  assert(not ok and (e == v or type(v) == "number"))
end
assert(select("#", pcall(error)) == 2)
error(coroutine.create(function() end))

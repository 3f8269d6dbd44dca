-- vector: the metatables of json.array, json.object and json.null
-- row: getmetatable, setmetatable
-- expect: done
for _, t in ipairs { json.array({}), json.object({}) } do
  assert(getmetatable(t) == false and not pcall(setmetatable, t, {}))
end
assert(getmetatable(json.null) == nil and not pcall(setmetatable, json.null, {}) and tostring(json.null) == "null")
assert(not pcall(function() json.null.x = 1 end) and not pcall(function() return json.null.x end))
assert(not pcall(json.array, setmetatable({}, {})))

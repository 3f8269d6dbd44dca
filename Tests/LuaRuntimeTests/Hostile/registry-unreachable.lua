-- vector: what was loaded, through the globals
-- row: registry
-- expect: done
for k, v in pairs(_G) do
  if type(v) == "table" and v ~= _G then assert(v._LOADED == nil and v._PRELOAD == nil and v._G == nil and v.loaded == nil, k) end
end
assert(not pcall(function() return _LOADED.x end) and getmetatable(_G) == nil and getmetatable(_ENV) == nil)

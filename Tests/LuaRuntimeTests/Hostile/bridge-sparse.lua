-- vector: lists with holes and with indices at the end of all numbers
-- expect: done
for _, t in ipairs { { [2] = 1 }, { [0] = 1 }, { [-1] = 1 }, { 1, [3] = 1 }, { [math.maxinteger] = 1 }, { [math.mininteger] = 1 }, { 1, x = 1 }, { [1.5] = 1 }, { [true] = 1 }, { [{}] = 1 } } do
  local ok, e = pcall(emit, t)
  assert(not ok and e.code == "badJSON")
end
assert(pcall(emit, json.object({ [math.maxinteger] = 1, [math.mininteger] = 2 })))
assert(not pcall(emit, json.object({ [1] = 1, ["1"] = 2 })) and not pcall(emit, json.object({ [1.5] = 1 })))

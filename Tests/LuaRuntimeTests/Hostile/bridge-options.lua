-- vector: options of the codec that are traps
-- expect: done
local function loop() while true do end end
local trap = setmetatable({}, { __index = loop })
assert(json.encode({}, trap) == "{}" and json.decode("[1]", trap)[1] == 1)
assert(not pcall(json.encode) and not pcall(json.decode) and not pcall(json.decode, {}) and not pcall(json.array, 1))
assert(json.decode("123456789012345678901234567890", { bigint = "string" }) == "123456789012345678901234567890")

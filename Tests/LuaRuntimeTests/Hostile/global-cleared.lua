-- vector: all globals taken away before the host answers
-- row: _G
-- expect: error gone
local G, emit, later, error, rawset = _G, emit, later, error, rawset
local names = {}
for k in pairs(_G) do names[#names + 1] = k end
for i = 1, #names do rawset(G, names[i], nil) end
emit(later({ 1 }))
error("gone", 0)

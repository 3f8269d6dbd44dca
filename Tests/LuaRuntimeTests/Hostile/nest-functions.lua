-- vector: functions 250 deep, with upvalues through all of them
-- row: load
-- expect: done
for _, n in ipairs { 100, 250, 4000 } do
  local source = "local x = 1 return " .. ("function() return "):rep(n // 2) .. "x" .. (" end"):rep(n // 2)
  local f = load(source)
  while type(f) == "function" do f = f() end
end

-- vector: parentheses 250 deep and 30,000 deep
-- row: load
-- expect: done
for _, n in ipairs { 150, 250, 30000 } do
  pcall(load("return " .. ("("):rep(n) .. "1" .. (")"):rep(n)) or error)
  load("return " .. ("{"):rep(n) .. ("}"):rep(n))
  load("return " .. ("-"):rep(n) .. "1") load("return " .. ("not "):rep(n // 4) .. "1") load("return " .. ("- "):rep(n) .. "x")
  load(("do "):rep(n // 4) .. ("end "):rep(n // 4)) load("return " .. ("1 ^ "):rep(n // 4) .. "1")
  load("return " .. ("a["):rep(n // 2) .. "1" .. ("]"):rep(n // 2)) load("return " .. ("a("):rep(n // 2) .. "1" .. (")"):rep(n // 2))
end

-- vector: errors that the host raises, caught for ever, with garbage
-- expect: done
for _ = 1, 20000 do
  local ok, e = pcall(refuse)
  assert(not ok and e.code == "nope" and e.status == 403)
end

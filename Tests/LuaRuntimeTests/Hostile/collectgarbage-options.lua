-- vector: collectgarbage that stops, steps or changes the collector
-- row: collectgarbage
-- expect: done
for _, option in ipairs { "stop", "restart", "step", "isrunning", "generational", "incremental", "setpause", "setstepmul", "x", "" } do
  assert(not pcall(collectgarbage, option))
end
assert(collectgarbage() == 0 and collectgarbage("count") > 0 and collectgarbage("collect", 1, 2, 3) == 0)

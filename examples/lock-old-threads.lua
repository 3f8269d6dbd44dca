-- Locks the threads of every group in which nothing has been posted for a number of days (90 unless another is given).
--
--   scripts/run examples/lock-old-threads.lua [DAYS]

local days = math.tointeger(tonumber(args[1] or "90"))
if not days then error("'" .. args[1] .. "' is no whole number of days") end
local oldest = time.iso(time.now() - days * 86400)

local locked = 0
for group in graph.groups:each { top = 100, select = "id,displayName" } do
  for thread in graph.groups[group.id].threads:each { top = 100 } do
    -- Graph writes moments so that they sort as text.
    if not thread.isLocked and thread.lastDeliveredDateTime <= oldest then
      graph.groups[group.id].threads[thread.id]:update { isLocked = true }
      log.info("locked '%s' in %s", thread.topic, group.displayName)
      locked = locked + 1
    end
  end
end
print(string.format("%d threads locked, in which nothing was posted since %s", locked, oldest))

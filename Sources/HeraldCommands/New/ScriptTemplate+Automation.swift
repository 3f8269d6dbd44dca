extension ScriptTemplate {
    static func automationScript(named name: String) -> String {
        """
        -- Locks the threads of every group in which nothing was posted for a number of days.
        --
        --   herald run \(name).lua [DAYS]

        local days = math.tointeger(tonumber(args[1] or "90"))
        if not days then error("'" .. args[1] .. "' is no whole number of days") end
        local oldest = time.iso(time.now() - days * 86400)

        local locked = 0
        for group in graph.groups:each { top = 100, select = "id,displayName" } do
          local threads = graph.groups[group.id].threads
          for thread in threads:each { top = 100 } do
            -- Graph writes moments so that they sort as text.
            if not thread.isLocked and thread.lastDeliveredDateTime <= oldest then
              threads[thread.id]:update { isLocked = true }
              log.info("locked '%s' in %s", thread.topic, group.displayName)
              locked = locked + 1
            end
          end
        end
        print(string.format("%d threads locked, in which nothing was posted since %s", locked, oldest))

        """
    }

    static func automationTest(named name: String) -> String {
        """
        -- herald test \(name)_test.lua

        test("moments of Graph sort as text", function()
          expect.equal(time.iso(0) < time.iso(86400), true)
          expect.equal(time.iso(86400) <= time.iso(86400), true)
        end)

        """
    }
}

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

        test("threads in which nothing was posted for long are locked, and no other", function()
          clock.set("2026-01-15T08:30:00Z")
          local threads = graph.groups[store.groups({ { displayName = "Contoso" } })[1]].threads
          local old = threads:create { topic = "Old", posts = { { body = text "Long ago." } } }
          clock.advance(time.seconds "P60D")
          local new = threads:create { topic = "New", posts = { { body = text "Just now." } } }
          expect.equal(run("\(name).lua", 30).error, nil)
          expect.equal(threads[old.id]:get().isLocked, true)
          expect.equal(threads[new.id]:get().isLocked, false)
        end)

        """
    }
}

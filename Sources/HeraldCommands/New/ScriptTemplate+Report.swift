extension ScriptTemplate {
    static func reportScript(named name: String) -> String {
        """
        -- Writes the conversations of every group to standard output as CSV.
        --
        --   herald run \(name).lua > \(name).csv

        local columns = { "group", "topic", "lastDeliveredDateTime", "uniqueSenders", "preview" }

        csv.write({}, columns)
        for group in graph.groups:each { top = 100, select = "id,displayName" } do
          local rows = {}
          for conversation in graph.groups[group.id].conversations:each { top = 100 } do
            rows[#rows + 1] = {
              group.displayName, conversation.topic, conversation.lastDeliveredDateTime, conversation.uniqueSenders,
              conversation.preview,
            }
          end
          if #rows > 0 then csv.write(rows) end
        end

        """
    }

    static func reportTest(named name: String) -> String {
        """
        -- herald test \(name)_test.lua

        test("each conversation is a row, whatever its topic has in it", function()
          local id = store.groups({ { displayName = "Sales, South" } })[1]
          graph.groups[id].threads:create { topic = 'Offsite, "spring"', posts = { { body = text "Which week?" } } }
          local rows = csv.parse(run("\(name).lua").output)
          expect.equal(#rows, 1)
          expect.equal(rows[1].group, "Sales, South")
          expect.equal(rows[1].topic, 'Offsite, "spring"')
        end)

        """
    }
}

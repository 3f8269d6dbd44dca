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

        test("a cell with a comma comes back as it was", function()
          local row = csv.parse('group,topic\\n"Sales, South",Offsite\\n')[1]
          expect.equal(row.group, "Sales, South")
          expect.equal(row.topic, "Offsite")
        end)

        """
    }
}

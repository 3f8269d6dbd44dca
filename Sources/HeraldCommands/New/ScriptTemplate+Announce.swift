extension ScriptTemplate {
    static func announceScript(named name: String) -> String {
        """
        -- Announces something to every group of groups.csv, once per group.
        --
        --   herald run \(name).lua

        local result = announce {
          name  = "\(name)",   -- once per group under this name, ever
          to    = csv.read "groups.csv",
          topic = "News for {{displayName}}",
          body  = html [[
        <p>Hello {{displayName}},</p>
        <p>Contoso cares about you: rest and recharge.</p>
        ]],
        }

        log.info("%d groups announced, %d had it already, %d failed", result.sent, result.already, result.failed)

        """
    }

    static func announceTest(named name: String) -> String {
        """
        -- herald test \(name)_test.lua

        test("every group gets it once, however often the script is run", function()
          local ids = store.groups "groups.csv"
          expect.equal(run("\(name).lua").sent, #ids)
          expect.equal(run("\(name).lua").already, #ids)
          for _, id in ipairs(ids) do
            expect.equal(#graph.groups[id].conversations:list().value, 1)
          end
        end)

        test("it greets each group by its name", function()
          local id = store.groups("groups.csv")[1]
          run("\(name).lua")
          local name = graph.groups[id]:get().displayName
          expect.contains(graph.groups[id].conversations:list().value[1].topic, name)
        end)

        """
    }

    /// Groups of Contoso's, as Graph PowerShell exports them.
    static let groups = """
        id,displayName,mail,mailNickname,description,visibility,groupTypes,createdDateTime,securityEnabled,mailEnabled
        29981b6a-0e57-42dc-94c9-cd24f5306196,Contoso Wellness,wellness@contoso.example,wellness,"Rest, health and days off",\
        Private,Unified,2022-07-12T09:15:37Z,False,True
        86927e91-9f5e-44da-a321-87a3b3613c86,"Partner Success, Denver",partner-success-denver@contoso.example,\
        partner-success-denver,Partner Success at the Denver site,Private,Unified,2018-10-12T13:15:40Z,False,True
        56010847-fc2f-429e-8a1c-faecabd45843,人事部・仙台,jp-sendai@contoso.example,jp-sendai,,Public,Unified,\
        2017-01-16T11:16:53Z,False,True

        """
}

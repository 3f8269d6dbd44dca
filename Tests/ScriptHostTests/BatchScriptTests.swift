import GraphModel
import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct BatchScriptTests {
    @Test func `requests side by side give their results in the order of the list`() async throws {
        let world = try await ScriptWorld()
        let printed = try await world.run(
            """
            local group = "/groups/\(ScriptWorld.groups[0])"
            local results = graph.batch {
              { id = "new", method = "post", path = group .. "/threads",
                body = { topic = "Rest", posts = { { body = text "Recharge." } } } },
              { url = group .. "/threads?$select=id,topic", dependsOn = { "NEW" } },
              { path = "groups/none" },
              { id = 7, path = group .. "/threads/$count", dependsOn = "new" },
              { path = group, dependsOn = "3" },
              { path = group, dependsOn = { "new", "5" } },
            }
            for _, result in ipairs(results) do
              print(result.id, result.status, result.error and result.error.code or "-")
            end
            print(#results, results[2].body.value[1].topic, results[4].body, results[1].headers.Location ~= nil)
            print(tostring(results[5].error.message))
            """
        )
        #expect(
            printed == """
                new\t201\t-
                2\t200\t-
                3\t400\tRequest_BadRequest
                7\t200\t-
                5\t424\tFailedDependency
                6\t424\tFailedDependency
                6\tRest\t1\ttrue
                the request was not sent, since '3' failed

                """
        )
    }

    @Test func `a write in a batch happens once in all runs that name it`() async throws {
        let world = try await ScriptWorld()
        let script = """
            local path = "/groups/\(ScriptWorld.groups[0])/threads"
            local body = { topic = "Rest", posts = { { body = text "Recharge." } } }
            local results = graph.batch { { method = "POST", path = path, body = body, key = "k" } }
            print(results[1].status, #graph.get(path).value)
            """
        try await world.run(script)
        #expect(try await world.run(script) == "201\t1\n201\t1\n")
    }

    @Test(arguments: [
        ("{ 5 }", "request 1 must be a table"), ("{ {} }", "request 1 needs a path"),
        ("{ { path = '/me', colour = 1 } }", "has no field 'colour'"),
        ("{ { path = '/me', methd = 'GET' } }", "did you mean 'method'?"),
        ("{ { path = '/me', method = 'LIST' } }", "has the method 'LIST'"),
        ("{ { path = '/me', body = {} } }", "which GET does not take"),
        ("{ { path = 5 } }", "'path' that must be a string"),
        ("{ { path = '/me', dependsOn = 'x' } }", "depends on 'x'"),
        ("{ { path = '/me', dependsOn = '1' } }", "depends on '1'"),
        ("{ { id = 'a', path = '/me' }, { id = 'A', path = '/me' } }", "request 2 has the id 'A'"),
        ("{ { path = '/me', headers = { Authorization = 'x' } } }", "'Authorization' is Herald's to send"),
    ])
    func `a list with a faulty request is refused as a whole, with the request's place`(
        list: String,
        message: String
    ) async throws {
        let world = try await ScriptWorld()
        let printed = try await world.run(
            "local done, err = pcall(graph.batch, \(list)) print(done, err.code, err.message)"
        )
        #expect(printed.hasPrefix("false\tbadArgument\t"), "\(printed)")
        #expect(printed.contains(message), "\(printed)")
    }

    @Test func `many requests go out, no more at once than a run may have under way`() async throws {
        let world = try await ScriptWorld()
        let printed = try await world.run(
            """
            local list = {}
            for i = 1, 300 do list[i] = { path = "/groups/\(ScriptWorld.groups[0])" } end
            local good = 0
            for _, result in ipairs(graph.batch(list)) do
              if result.body.id == "\(ScriptWorld.groups[0])" then good = good + 1 end
            end
            print(good, #graph.batch {})
            """
        ) { $0.requests = 4 }
        #expect(printed == "300\t0\n")
    }
}

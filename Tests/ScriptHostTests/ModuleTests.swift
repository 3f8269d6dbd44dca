import Announcements
import EmbeddedGraph
import Foundation
import GraphModel
import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct ModuleTests {
    @Test func `every example of the API runs as it stands`() async throws {
        let world = try await ScriptWorld()
        try world.write("return { hello = function(name) return 'Hello ' .. name end }", to: "greeting.lua")
        var seen = 0
        for module in ScriptModule.all {
            let methods = module.classes.flatMap { described in
                described.methods.map { ("\(described.name):\($0.name)", $0.example) }
            }
            let functions = module.functions.map { ("\(module.name).\($0.name)", $0.example) }
            for (name, example) in functions + methods + [(module.name, module.example)] where !example.isEmpty {
                seen += 1
                await #expect(throws: Never.self, "\(name)") { try await world.run(example) }
            }
        }
        #expect(seen > 45)
    }

    @Test func `print writes any values, and bytes that are no text as replacement characters`() async throws {
        let output = try await ScriptWorld().run(#"print(1, 2.5, nil, true, "a\255b") print()"#)
        #expect(output == "1\t2.5\tnil\ttrue\ta\u{FFFD}b\n\n")
    }

    @Test func `rows of a file are held by the host and become tables when touched`() async throws {
        let output = try await ScriptWorld().run(
            """
            local rows = csv.read "groups.csv"
            print(#rows, rows[1].displayName, rows[2].displayName, rows[3], rows[1].empty == "")
            for i, row in ipairs(rows) do print(i, row.id) end
            print(pcall(function() rows[1] = {} end))
            """
        )
        #expect(
            output == """
                2\tR&D <Berlin>\tSales, "South"\tnil\ttrue
                1\t\(ScriptWorld.groups[0])
                2\t\(ScriptWorld.groups[1])
                false\ttest.lua:4: the rows of a file cannot be changed; copy them into a table of your own

                """
        )
    }

    @Test func `csv.write quotes what needs it`() async throws {
        let output = try await ScriptWorld().run(
            #"csv.write({ { id = 1, name = 'a,"b"' }, { id = 2 } }, { "id", "name" }) csv.write { { "x", true, 1.5 } }"#
        )
        #expect(output == "id,name\n1,\"a,\"\"b\"\"\"\n2,\nx,true,1.5\n")
    }

    @Test(
        "files are read below the script's folder only",
        arguments: ["../secret.csv", "/etc/passwd", "a/../../x", "", "state/../../x"]
    )
    func files(path: String) async throws {
        let error = await #expect(throws: LuaError.self) { try await ScriptWorld().run("csv.read [[\(path)]]") }
        #expect(error?.code == "fileRefused" && error?.line == 1)
    }

    @Test func `links within the folder are followed, and none that lead out of it`() async throws {
        let world = try await ScriptWorld()
        let manager = FileManager.default
        try manager.createDirectory(at: world.folder.appending(path: "data"), withIntermediateDirectories: true)
        try world.write("id\n1\n", to: "data/real.csv")
        let link = { (name: String, target: String) in
            try manager.createSymbolicLink(atPath: world.folder.appending(path: name).path, withDestinationPath: target)
        }
        try link("inside.csv", "data/real.csv")
        try link("folder", "data")
        try link("outside.csv", "/etc/passwd")
        try link("up", "..")
        #expect(
            try await world.run("print(csv.read('inside.csv')[1].id, csv.read('folder/real.csv')[1].id)") == "1\t1\n"
        )
        for path in ["outside.csv", "data"] {
            let error = await #expect(throws: LuaError.self) { try await world.run("csv.read '\(path)'") }
            #expect(error?.code == "fileRefused", "\(path)")
        }
        for path in ["data/none.csv", "up/none.csv"] {
            let error = await #expect(throws: LuaError.self) { try await world.run("csv.read '\(path)'") }
            #expect(error?.code == "fileNotFound", "\(path)")
        }
    }

    @Test(
        "wrong arguments name the function, the argument and what was expected",
        arguments: [
            ("csv.read(1)", "csv.read: argument 1 (path) must be a string, not an integer"),
            ("csv.read()", "csv.read: argument 1 (path) is missing; it must be a string"),
            ("announce { nme = 'x' }", "announce: field 'name' is missing; it must be a string"),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', toppic = 'y' }",
                "announce has no field 'toppic' (did you mean 'topic'?)"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', window = { form = '08:00' } }",
                "announce: field 'window' has no field 'form' (did you mean 'from'?)"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', participants = { 'a@b.c', { nme = 'A' } } }",
                "announce: field 'participants', entry 2 has no field 'nme' (did you mean 'name'?)"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', participants = { { emailAddress = { adress = 'A' } } } }",
                "announce: field 'participants', entry 1: field 'emailAddress' has no field 'adress' (did you mean 'address'?)"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', grace = '2000d' }",
                "announce: 'grace' is \"2000d\"; it may be from 0 to 366 days (\"366d\")"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', pause = '1m' }",
                "announce: field 'pause' is about what comes between two waves, and field 'waves' is missing, as in {1, \"5%\", \"rest\"}"
            ),
            (
                "announce { name = 'x', to = {}, topic = 'x', body = 'x', confirm = true }",
                "announce: field 'confirm' is about what comes between two waves, and field 'waves' is missing, as in {1, \"5%\", \"rest\"}"
            ),
            ("graph.groups:list { tpo = 1 }", "list has no option 'tpo' (did you mean 'top'?)"),
            (
                "graph.groups.x.thread:list()",
                "an item of groups has no 'thread' (did you mean 'threads'?); it has get, update, delete, conversations, "
                    + "threads, members, owners, acceptedSenders, rejectedSenders"
            ),
            ("graph.groups.list()", "list is called with a colon: resource:list(…)"),
            ("graph.get 'groups'", "'groups' is no path; it begins with a slash, as in /groups/…/threads"),
            ("template.render('{{x}}', {})", "the template's variable {{x}} is missing from the values"),
            ("json.decode '[1,]'", "malformed JSON at byte 4, in [2]: expected a value, found ']'"),
        ]
    )
    func arguments(source: String, message: String) async throws {
        let error = await #expect(throws: LuaError.self) { try await ScriptWorld().run(source) }
        #expect(error?.message == message)
        #expect(error?.script == "test.lua" && error?.line == 1)
    }

    @Test func `resources are created, read page by page, changed and deleted`() async throws {
        let output = try await ScriptWorld().run(
            """
            local group = graph.groups[args[1]]
            for i = 1, 5 do
              group.threads:create { topic = "T" .. i, posts = { { body = text("B" .. i) } } }
            end
            local topics = {}
            for thread in group.threads:each { top = 2 } do topics[#topics + 1] = thread.topic end
            print(table.concat(topics, " "))
            local thread = group.threads:list { top = 1 }.value[1]
            local reply = group.threads[thread.id]:reply { post = { body = html "<p>R</p>" } }
            print(reply.id:sub(1, 1), #group.threads[thread.id].posts:list().value)
            group.threads[thread.id]:update { isLocked = true }
            local ok, e = pcall(function() group.threads[thread.id]:reply { post = { body = text "x" } } end)
            print(ok, e.code, e.status, e.requestId ~= nil)
            group.threads[thread.id]:delete()
            print(select(2, pcall(function() group.threads[thread.id]:get() end)).code)
            """,
            arguments: [ScriptWorld.groups[0]]
        )
        #expect(
            output == """
                T5 T4 T3 T2 T1
                P\t2
                false\tErrorAccessDenied\t403\ttrue
                ErrorItemNotFound

                """
        )
    }

    @Test func `a body function renders each group, and nil skips it`() async throws {
        let world = try await ScriptWorld()
        let output = try await world.run(
            """
            local result = announce {
              name = "fn", to = csv.read "groups.csv", topic = function(g) return "To " .. g.displayName end,
              body = function(g) if g.displayName:find "Sales" then return nil end return html("<b>{{x}}</b>") end,
            }
            print(result.sent, result.skipped, result.targets)
            print(graph.groups[args[1]].conversations:list().value[1].topic)
            """,
            arguments: [ScriptWorld.groups[0]]
        )
        #expect(output == "1\t1\t2\nTo R&D <Berlin>\n")
    }

    @Test func `values are escaped in html bodies and nowhere else`() async throws {
        let output = try await ScriptWorld().run(
            """
            announce { name = "x", to = csv.read "groups.csv", topic = "{{displayName}}", body = html "<p>{{displayName}}</p>" }
            local group = graph.groups[args[1]]
            local conversation = group.conversations:list().value[1]
            local thread = group.conversations[conversation.id].threads:list().value[1]
            print(conversation.topic, group.threads[thread.id].posts:list().value[1].body.content)
            """,
            arguments: [ScriptWorld.groups[0]]
        )
        #expect(output == "R&D <Berlin>\t<p>R&amp;D &lt;Berlin&gt;</p>\n")
    }
}

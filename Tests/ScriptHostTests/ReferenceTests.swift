import Foundation
import Testing

@testable import ScriptHost

/// The stubs, the reference and what is there at run time say the same.
@Suite struct ReferenceTests {
    private static let modules = ScriptModule.all
    private static let classes = ScriptClass.all(in: modules)

    // MARK: The texts

    @Test func `every function has a stub, an entry in the reference and an example in both`() {
        let stubs = LuaStubs().text
        let reference = LuaReference().text
        for module in Self.modules {
            #expect(reference.contains("\n## \(module.name)\n"))
            #expect(!module.summary.isEmpty)
            for function in module.functions {
                let name = module.qualified(function)
                let isCall = function.name.isEmpty && module.functions.count > 1
                #expect(isCall ? stubs.contains("---@overload fun(") : stubs.contains("\nfunction \(name)("), "\(name)")
                #expect(reference.contains("\n`\(name)("), "\(name)")
                #expect(!function.summary.isEmpty && !function.example.isEmpty, "\(name)")
                #expect(reference.contains("```lua\n\(function.example)\n```"), "\(name)")
            }
            for value in module.values { #expect(stubs.contains("\n---@field \(value.name) \(value.type) ")) }
        }
        for described in Self.classes {
            #expect(stubs.contains("\n---@class \(described.name)\n"))
            #expect(reference.contains("\n### \(described.name)\n"))
        }
    }

    @Test func `every verb of Graph's resources has an example`() {
        let examples = Self.classes.flatMap(\.methods).filter { !$0.example.isEmpty }.map(\.name)
        #expect(Set(examples) == Set(GraphResource.Verb.allCases.map(\.rawValue)))
    }

    @Test func `the stubs are Lua`() async throws {
        await #expect(throws: Never.self) { try await ScriptWorld().run(LuaStubs().text) }
    }

    @Test func `every type is one of Lua's or is described`() {
        let known: Set<String> = [
            "string", "integer", "number", "boolean", "table", "function", "any", "nil", "fun",
        ]
        for type in types {
            // Names of parameters stand before a colon, texts in quotes.
            let names = type.replacing(#/"[^"]*"/#, with: "").replacing(#/\w+:/#, with: "").matches(of: #/[A-Za-z_.]+/#)
            for name in names.map({ String($0.output) }) {
                #expect(known.contains(name) || Self.classes.contains { $0.name == name }, "\(name) in \(type)")
            }
        }
        #expect(types.count > 100)
    }

    private var types: [String] {
        func types(of function: ScriptFunction, _ name: String) -> [String] {
            function.parameters.map { $0.type(in: name) } + function.results.map(\.type)
        }
        var found: [String] = []
        for module in Self.modules {
            for function in module.functions { found += types(of: function, module.qualified(function)) }
            found += module.values.map(\.type)
        }
        for described in Self.classes {
            found += described.fields.map(\.type)
            if let elements = described.elements { found += [elements.index, elements.type] }
            for method in described.methods { found += types(of: method, "\(described.name).\(method.name)") }
        }
        return found
    }

    @Test func `tables with one name are one and the same`() {
        for module in Self.modules {
            for function in module.functions {
                for parameter in function.parameters {
                    guard let given = parameter.fieldsClass(in: module.qualified(function)) else { continue }
                    #expect(Self.classes.first { $0.name == given.name }?.fields == given.fields, "\(given.name)")
                }
            }
        }
        #expect(Set(Self.classes.map(\.name)).count == Self.classes.count)
    }

    @Test func `every link in the reference leads to a heading`() {
        let reference = LuaReference().text
        let anchors = Set(
            reference.matches(of: #/(?m)^##+ (.+)$/#).map { LuaReference.anchor(String($0.output.1)) }
        )
        let links = reference.matches(of: #/\]\(#([^)]*)\)/#).map { String($0.output.1) }
        #expect(links.count > 50)
        for link in links { #expect(anchors.contains(link), "\(link)") }
    }

    @Test func `the repository's reference is what is generated`() throws {
        let file = URL(filePath: #filePath).appending(path: "../../../docs/lua-api.md").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text == LuaReference().text, "docs/lua-api.md is out of date: run scripts/docs")
    }

    @Test(
        "a result is read as types and words",
        arguments: [
            ("", []), ("string text", ["string text"]), ("integer x, integer y", ["integer x", "integer y"]),
            ("table<integer, any>? errors", ["table<integer, any>? errors"]),
            ("fun(values: table): string render", ["fun(values: table): string render"]),
        ] as [(String, [String])]
    )
    func results(text: String, expected: [String]) {
        let function = ScriptFunction(name: "f", result: text, summary: "", example: "")
        #expect(function.results.map { "\($0.type) \($0.name)" } == expected)
    }

    // MARK: Against what is there at run time

    @Test func `scripts find what is described, and nothing else`() async throws {
        let output = try await ScriptWorld().run(
            """
            for name, value in pairs(_G) do
              print(name)
              if type(value) == "table" and name ~= "_G" and name ~= "args" then
                for member in pairs(value) do print(name .. "." .. member) end
              end
            end
            """
        )
        let found = Set(output.split(separator: "\n").map(String.init))
        var expected = SandboxNames.base
        for (library, members) in SandboxNames.libraries {
            expected.insert(library)
            expected.formUnion(members.map { "\(library).\($0)" })
        }
        for module in Self.modules {
            expected.insert(module.name)
            expected.formUnion(module.functions.map { module.qualified($0) })
            expected.formUnion(module.values.map { "\(module.name).\($0.name)" })
        }
        #expect(found.subtracting(expected).isEmpty)
        #expect(expected.subtracting(found).isEmpty)
    }

    @Test func `a module can be called if it is described so`() async throws {
        for module in Self.modules where module.type == nil && SandboxNames.libraries[module.name] == nil {
            let output = try await ScriptWorld().run(
                """
                local called, message = pcall(\(module.name))
                print(called or not tostring(message):find("attempt to call", 1, true))
                """
            )
            #expect(output.hasSuffix("\(module.functions.contains(where: \.name.isEmpty))\n"), "\(module.name)")
        }
    }

    @Test func `Graph's resources can be told what is described`() async throws {
        let paths = [
            "groups": "graph.groups", "conversations": "graph.groups.g.conversations",
            "threads": "graph.groups.g.threads", "posts": "graph.groups.g.threads.t.posts",
            "attachments": "graph.groups.g.threads.t.posts.p.attachments", "members": "graph.groups.g.members",
            "owners": "graph.groups.g.owners", "acceptedSenders": "graph.groups.g.acceptedSenders",
            "rejectedSenders": "graph.groups.g.rejectedSenders",
        ]
        for resource in GraphResource.all {
            let path = try #require(paths[resource.name])
            for (place, name) in [(path, resource.collectionClass), (path + ".x", resource.itemClass)] {
                let described = Self.classes.first { $0.name == name }
                #expect((described == nil) == (place != path && !resource.hasItems), "\(place)")
                let names = GraphResource.Verb.allCases.map(\.rawValue) + GraphResource.all.map(\.name)
                let output = try await ScriptWorld().run(
                    """
                    for _, name in ipairs { \(names.map { "\"\($0)\"" }.joined(separator: ", ")) } do
                      local there, value = pcall(function() return \(place)[name] end)
                      if there and (type(value) == "function" or \(place == path ? "false" : "true")) then print(name) end
                    end
                    """
                )
                let found = Set(output.split(separator: "\n").map(String.init))
                #expect(
                    found == Set((described?.methods.map(\.name) ?? []) + (described?.fields.map(\.name) ?? [])),
                    "\(place)"
                )
            }
        }
    }

    @Test func `what is read and given has the fields that are described`() async throws {
        let world = try await ScriptWorld()
        let output = try await world.run(
            """
            local function show(class, value)
              for name in pairs(value) do print(class, name) end
            end
            local group = graph.groups[args[1]]
            local conversation = group.conversations:create {
              topic = "Offsite", threads = { { posts = { { body = text "Which week?" } } } },
            }
            local thread = group.conversations[conversation.id].threads:list().value[1]
            show("graph.created", group.threads[thread.id]:reply { post = { body = html "<p>The second.</p>",
              attachments = { {
                ["@odata.type"] = "#microsoft.graph.fileAttachment", name = "plan.txt", contentBytes = "cGxhbg==",
              } } } })
            local page = group.conversations:list { top = 1, count = true }
            show("graph.conversations.page", page)
            show("graph.groups.page", graph.groups:list { top = 1, count = true })
            show("graph.group", group:get())
            show("graph.conversation", page.value[1])
            show("graph.conversationThread", group.threads[thread.id]:get())
            local posts = group.threads[thread.id].posts
            local post = posts:list().value[2]
            show("graph.post", post)
            show("graph.post", posts[post.id]:get { select = "id,conversationId,conversationThreadId" })
            show("graph.itemBody", post.body)
            show("graph.itemBody", html "x")
            show("graph.recipient", post.from)
            show("graph.emailAddress", post.from.emailAddress)
            show("graph.attachment", posts[post.id].attachments:list().value[1])
            show("HostError", select(2, pcall(function() group.threads.x:get() end)))
            local result = announce {
              name = "n", to = { args[1], "00000000-0000-0000-0000-000000000000" }, topic = "T", body = "B",
            }
            show("announce.result", result)
            for _, failure in ipairs(result.failures) do show("announce.failure", failure) end
            """,
            arguments: [ScriptWorld.groups[0]]
        )
        var found: [String: Set<String>] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            found[parts[0], default: []].insert(parts[1])
        }
        #expect(found.count == 14)
        for (name, fields) in found {
            let described = try #require(Self.classes.first { $0.name == name })
            // Annotations of OData's protocol are not the resource's own.
            let own = fields.filter { !$0.contains("@odata.") || name.hasSuffix(".page") }
                .subtracting(["@odata.context"])
            #expect(own.subtracting(described.fields.map(\.name)).isEmpty, "\(name)")
            let needed = described.fields.filter { !$0.isOptional }.map(\.name)
            #expect(Set(needed).subtracting(fields).isEmpty, "\(name)")
        }
    }

    @Test(
        "functions raise the codes that they are described with",
        arguments: [
            ("csv.read", "csv.read 'none.csv'", "fileNotFound"), ("csv.read", "csv.read '../x'", "fileRefused"),
            ("csv.read", "csv.read 'bad.csv'", "badCSV"), ("csv.parse", "csv.parse 'a\\n\"'", "badCSV"),
            ("template.render", "template.render('{{', {})", "badTemplate"),
            ("template.render", "template.render('{{x}}', {})", "missingVariable"),
            ("template.compile", "template.compile '{{'", "badTemplate"),
            ("json.encode", "json.encode(print)", "badJSON"), ("json.decode", "json.decode '['", "badJSON"),
            ("require", "require 'none'", "moduleNotFound"), ("require", "require 'circle'", "badModule"),
            ("require", "require 'broken'", "syntax"), ("graph.get", "graph.get '/groups/x'", "Request_BadRequest"),
            (
                "announce", "announce { name = 'n', to = { 'x' }, topic = 'T', body = 'B' }", "announcementFaulty"
            ),
            ("announce", "announce { name = 'n', to = {}, topic = '{{', body = 'B' }", "badTemplate"),
            (
                "announce", "announce { name = 'n', to = {}, topic = 'T', body = 'B', attachments = { 'none' } }",
                "fileNotFound"
            ),
        ]
    )
    func errors(name: String, call: String, code: String) async throws {
        let world = try await ScriptWorld()
        try world.write("id\n\"", to: "bad.csv")
        try world.write("require 'circle'", to: "circle.lua")
        try world.write("x end", to: "broken.lua")
        let output = try await world.run("print(select(2, pcall(function() \(call) end)).code)")
        #expect(output == code + "\n")
        let described = Self.modules.flatMap { module in
            module.functions.filter { module.qualified($0) == name }.flatMap(\.errors)
        }
        #expect(described.contains { $0.code == code || (code.contains("_") && $0.code == "Graph's own code") })
    }

    @Test(
        "the language is as the reference says",
        arguments: [
            #"select(2, pcall(string.format, "%p", {})):find("invalid conversion", 1, true) ~= nil"#,
            #"tostring({}) == "table" and tostring(print) == "function""#,
            #"not pcall(setmetatable, {}, { __gc = print }) and getmetatable("") == nil"#,
            #"load((" "):rep(64 * 1024)) ~= nil and load((" "):rep(64 * 1024 + 1)) == nil"#,
            #"load("\27Lua") == nil and not pcall(load, function() end)"#,
            #"load("return _ENV == ...")(_G) and load("return x", "x", "t", { x = true })()"#,
            #"pcall(table.move, {}, 1, 10000000, 2, {}) and not pcall(table.move, {}, 1, 10000001, 2, {})"#,
            #"table.concat(setmetatable({ "a" }, { __len = function() return 2 end })) == "a""#,
            #"not pcall(string.rep, "x", 65 << 20)"#,
            #"collectgarbage("count") > 0 and not pcall(collectgarbage, "stop")"#,
            #"json.encode(1.0) == "1.0" and json.encode(1e21) == "1e+21" and not pcall(json.encode, 0/0)"#,
            #"not pcall(json.encode, { 1, x = 2 }) and not pcall(json.encode, { 1, nil, 3 })"#,
            #"json.encode({}) == "{}" and json.encode(json.array {}) == "[]""#,
            #"json.encode(json.decode "[]") == "[]" and json.decode('{"a":1,"a":2}').a == 2"#,
            #"not pcall(json.encode, { [7] = 1 }) and not pcall(json.encode, "\255")"#,
            #"select(2, pcall(table.sort, { 1, 2 }, function() time.sleep(0) end)).code == "cannotWait""#,
            #"select(2, pcall(string.gsub, "a", "a", function() time.sleep(0) end)).code == "cannotWait""#,
            #"string.dump == nil and os.getenv == nil"#,
        ]
    )
    func dialect(claim: String) async throws {
        #expect(try await ScriptWorld().run("print(\(claim))") == "true\n")
    }
}

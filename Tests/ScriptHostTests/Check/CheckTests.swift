import Foundation
import LuaRuntime
import Testing

@testable import ScriptHost

/// What is found in scripts without running them.
@Suite struct CheckTests {
    private static let groups = "id,displayName,mail\n29981b6a-0e57-42dc-94c9-cd24f5306196,Wellness,w@contoso.example\n"

    private func check(_ source: String, files: [String: String] = ["groups.csv": groups]) -> ScriptCheck {
        ScriptCheck(Array(source.utf8)) { path in
            guard let text = files[path] else {
                return .failure(HostError(code: "fileNotFound", message: "\(path): no such file beside the script"))
            }
            return .success(Array(text.utf8))
        }
    }

    /// The findings as lines: `1:5 error unknownGlobal: message (hint)`.
    private func findings(_ source: String, files: [String: String] = ["groups.csv": groups]) -> [String] {
        check(source, files: files).findings.map { finding in
            "\(finding.line):\(finding.column) \(finding.severity) \(finding.code): \(finding.message)"
                + (finding.hint.map { " (\($0))" } ?? "")
        }
    }

    @Test func `the examples have no findings`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../examples")
            .standardizedFileURL
        let scripts = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".lua") }
        #expect(scripts.count >= 5)
        for script in scripts {
            let source = Array(try Data(contentsOf: folder.appending(path: script)))
            let check = ScriptCheck(source) { path in
                Result { () throws(HostError) in try ScriptFiles.read(path, below: folder) }
            }
            #expect(check.findings == [], "\(script)")
            #expect(!check.capabilities.isEmpty, "\(script)")
        }
    }

    @Test func `the examples of the modules have no findings`() {
        let files = ["groups.csv": Self.groups, "greeting.lua": "return {}"]
        for module in ScriptModule.all {
            for function in module.functions {
                #expect(findings(function.example, files: files) == [], "\(module.name).\(function.name)")
            }
        }
    }

    @Test func `what is no Lua is one finding`() {
        #expect(findings("if x then\n  y(\nend") == ["3:1 error syntax: expected an expression, found 'end'"])
        #expect(findings("\u{FEFF}print(1)") == ["1:1 error syntax: expected a statement, found the character U+FEFF"])
    }

    @Test func `a script that is too long to run is a finding`() {
        let source = String(repeating: "-- a comment\n", count: 30_000)
        #expect(
            findings(source) == [
                "1:1 error tooLong: the script has 390000 bytes, and may have 262144 (keep its data in files)"
            ]
        )
    }

    @Test(
        "Each fault is found at its place",
        arguments: [
            // Globals.
            ("anounce {}", "1:1 error unknownGlobal: unknown global 'anounce' (did you mean 'announce'?)"),
            (
                "local result = 1\nprint(reslt)",
                "2:7 error unknownGlobal: unknown global 'reslt' (did you mean 'result'?)"
            ),
            ("total = 1 print(totl)", "1:17 error unknownGlobal: unknown global 'totl' (did you mean 'total'?)"),
            (
                "do local x = 1 end print(x)",
                "1:26 error unknownGlobal: unknown global 'x' (the local 'x' of line 1 is not seen here)"
            ),
            ("print(qqqq)", "1:7 error unknownGlobal: unknown global 'qqqq'"),
            (
                "io.open('x')",
                "1:1 error unknownGlobal: unknown global 'io' (scripts read files with csv.read and write with print)"
            ),
            ("local x <const> = y", "1:19 error unknownGlobal: unknown global 'y'"),
            (
                "csv = 1",
                "1:1 warning overwritesModule: this overwrites 'csv', which the script then has no more (declare a variable with 'local', or choose another name)"
            ),
            (
                "function print() end",
                "1:10 warning overwritesModule: this overwrites 'print', which the script then has no more (declare a variable with 'local', or choose another name)"
            ),
            // Fields.
            ("print(csv.raed)", "1:11 error unknownField: 'csv' has no field 'raed' (did you mean 'read'?)"),
            ("json['encod'](1)", "1:6 error unknownField: 'json' has no field 'encod' (did you mean 'encode'?)"),
            (
                "print(json.qqqqqq)",
                "1:12 error unknownField: 'json' has no field 'qqqqqq' (it has encode, decode, array, object, null)"
            ),
            ("string.trimm('x')", "1:8 error unknownField: 'string' has no field 'trimm' (did you mean 'trim'?)"),
            ("print(math.flor(1))", "1:12 error unknownField: 'math' has no field 'flor' (did you mean 'floor'?)"),
            ("print(('x'):uper())", "1:13 error unknownField: 'string' has no field 'uper' (did you mean 'upper'?)"),
            ("announce.now()", "1:10 error unknownField: 'announce' is a function and has no field 'now'"),
            ("local c = csv\nc.raed('x')", "2:3 error unknownField: 'csv' has no field 'raed' (did you mean 'read'?)"),
            ("csv.read.x()", "1:9 error unknownField: csv.read is a function and has no fields (call it: csv.read(…))"),
            (
                "csv 'groups.csv'",
                "1:5 error notCallable: 'csv' cannot be called (call a function of it, as csv.read(…))"
            ),
            (
                "csv:read 'groups.csv'",
                "1:4 error calledWithColon: csv.read is called with a dot, not with a colon (write csv.read(…))"
            ),
            // Graph's resources.
            ("graph.group:list()", "1:7 error unknownField: 'graph' has no field 'group' (did you mean 'groups'?)"),
            (
                "local id = args[1]\ngraph.groups[id].thread:each()",
                "2:18 error unknownField: an item of groups has no 'thread' (did you mean 'threads'?)"
            ),
            (
                "local g = graph.groups['x']\ng.threads['y'].posts['z']:replly {}",
                "2:27 error unknownField: an item of posts has no 'replly' (did you mean 'reply'?)"
            ),
            ("graph.groups:lst()", "1:14 error unknownField: 'groups' has no 'lst' (did you mean 'list'?)"),
            (
                "graph.groups:update {}",
                "1:14 error unknownField: 'update' is for one of the groups (write groups[id]:update(…))"
            ),
            (
                "graph.groups['x']:threads()",
                "1:19 error notCallable: 'threads' is a collection and cannot be called (write .threads:list(), or .threads[id])"
            ),
            (
                "graph.groups('x')",
                "1:13 error notCallable: 'groups' cannot be called (write groups[id] for one of them, or groups:list())"
            ),
            ("graph.groups[7]:get()", "1:14 error wrongKind: groups[…] needs an id, which is text"),
            (
                "graph.groups.list()",
                "1:18 error calledWithDot: 'list' is called with a colon, not with a dot (write :list(…))"
            ),
            (
                "graph.groups['x'] = {}",
                "1:13 error cannotAssign: a resource of Graph cannot be assigned to (use create or update)"
            ),
            (
                "graph.groups:each { tpo = 5 }",
                "1:21 error unknownField: groups:each has no field 'tpo' (did you mean 'top'?)"
            ),
            (
                "graph.groups['x'].threads:create()",
                "1:27 error missingArgument: threads:create: argument 1 (body) is missing; it must be a table"
            ),
            (
                "graph.groups:create({}, { kee = 'x' })",
                "1:27 error unknownField: groups:create: argument 2 (options) has no field 'kee' (did you mean 'key'?)"
            ),
            // Arguments.
            ("csv.read()", "1:9 error missingArgument: csv.read: argument 1 (path) is missing; it must be a string"),
            (
                "csv.read(nil)",
                "1:10 error missingArgument: csv.read: argument 1 (path) is missing; it must be a string"
            ),
            ("csv.read {}", "1:10 error wrongKind: csv.read: argument 1 (path) must be a string, not a table"),
            (
                "local n = 5\ncsv.parse(n)",
                "2:11 error wrongKind: csv.parse: argument 1 (text) must be a string, not an integer"
            ),
            ("time.iso(1.5)", "1:10 error wrongKind: time.iso: argument 1 (seconds) must be an integer, not a number"),
            (
                "time.sleep('' .. args[1])",
                "1:12 error wrongKind: time.sleep: argument 1 (seconds) must be a number, not a string"
            ),
            ("time.now(1)", "1:10 warning tooManyArguments: time.now takes no arguments; what follows is passed over"),
            (
                "print(html.escape('a', 'b'))",
                "1:24 warning tooManyArguments: html.escape takes 1 argument; what follows is passed over"
            ),
            (
                "json.encode(1, { prety = true })",
                "1:18 error unknownField: json.encode: argument 2 (options) has no field 'prety' (did you mean 'pretty'?)"
            ),
            (
                "json.encode(1, { pretty = 'yes' })",
                "1:27 error wrongKind: json.encode: argument 2 (options): field 'pretty' must be a boolean, not a string"
            ),
            (
                "announce { 'x', name = 'n', to = {}, topic = 't', body = 'b' }",
                "1:12 error unknownField: announce takes fields with names only (write name = …)"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't' }",
                "1:10 error missingArgument: announce: field 'body' is missing; it must be a string or a table or a function"
            ),
            (
                "announce { name = 'n', to = 'x', topic = 't', body = 'b' }",
                "1:29 error wrongKind: announce: field 'to' must be a list, not a string"
            ),
            // Files and templates.
            ("csv.read 'nope.csv'", "1:10 error badFile: nope.csv: no such file beside the script"),
            (
                "announce { name = 'n', to = csv.read 'nope.csv', topic = 't', body = 'b' }",
                "1:38 error badFile: nope.csv: no such file beside the script"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = 'b', attachments = { 'a.pdf' } }",
                "1:74 error badFile: a.pdf: no such file beside the script"
            ),
            (
                "template.render('{{x', {})",
                "1:17 error badTemplate: line 1 of the template: a tag begins with '{{' and does not end; close it with '}}'"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = html '{{#x}}' }",
                "1:58 error badTemplate: line 1 of the template: {{#x}} is not closed; end it with {{/x}}"
            ),
            (
                "announce { name = 'n', to = csv.read 'groups.csv', topic = 'Hi {{dispalyName}}', body = 'b' }",
                "1:64 error unknownVariable: {{dispalyName}} stands for nothing: groups.csv has no column 'dispalyName' (did you mean 'displayName'?)"
            ),
            (
                "local to = csv.read 'groups.csv'\nlocal body = html [[\n  <p>ä {{ displayname }} {{{qqqq}}}</p>]]\nannounce { name = 'n', to = to, topic = 't', body = body }",
                "3:26 error unknownVariable: {{qqqq}} stands for nothing: groups.csv has no column 'qqqq' (it has id, displayName, mail)"
            ),
            (
                "announce { name = 'n', to = csv.read 'groups.csv', topic = 't', body = 'x{{#office}}{{floor}}{{/office}}' }",
                "1:74 warning unknownVariable: {{#office}} never shows: groups.csv has no column 'office' (it has id, displayName, mail)"
            ),
            // Loops.
            (
                "while true do local x = 1 end",
                "1:1 warning neverEnds: this loop never ends (end it with 'break', or give it a condition that changes)"
            ),
            (
                "repeat local x = 1 until false",
                "1:1 warning neverEnds: this loop never ends (end it with 'break', or give it a condition that changes)"
            ),
        ]
    )
    func fault(source: String, finding: String) {
        #expect(findings(source) == [finding])
    }

    @Test(
        "What only a run can tell is taken to be right",
        arguments: [
            "x = 1 print(x)", "function f() return f end print(f)", "print(_G.foo)", "_G.foo = 1 print(foo)",
            "load('y = 1')() print(y)", "local _ENV = { print = print } print(z)",
            "local csv = { raed = print } csv.raed()",
            "function string.trim(s) return s end print(string.trim 'x')", "csv.mine = print csv.mine()",
            "csv = { raed = print }; local x = csv",
            "local x = csv.read 'groups.csv' .. 'b' print(x.foo)", "local t = args[1] csv.parse(t)",
            "local f = function(...) return csv.parse(...) end f()",
            "time.iso(tonumber(args[1]))", "json.encode(table.unpack { 1, {} })", "announce(args)",
            "local s = {} s.name = 'x' announce(s)",
            "local s = { [args[1]] = 1 } announce(s)", "local p = 'x' p = 5 csv.parse(p)",
            "for _, n in ipairs { 'a' } do csv.parse(n) end",
            "local list = graph.groups.list print(list(graph.groups, { top = 1 }))",
            "graph.groups[args[1]].threads[args[2]]:reply {}", "print(graph.groups.x1)",
            "announce { name = 'n', to = csv.read 'groups.csv', topic = 'Hi {{DISPLAYNAME}}', body = text '{{mail}} {{! note }}{{#mail}}{{.}}{{/mail}}' }",
            "announce { name = 'n', to = csv.read(args[1]), topic = 'Hi {{x}}', body = 'b' }",
            "announce { name = 'n', to = {}, topic = function() return '' end, body = 'b' }",
            "while true do if args[1] then break end end", "while true do time.sleep(1) end",
            "while true do return end", "while true do for i = 1, 2 do break end print(1) end",
            "repeat local done = args[1] until done", "goto done; ::done::",
            "log.info('%d %d', 1, 2) print(1, 2, 3, 4, 5, 6)", "print(#args, args.x, args[1])",
        ]
    )
    func fine(source: String) {
        #expect(findings(source).filter { !$0.contains("overwritesModule") } == [])
    }

    @Test func `a function of the group sees columns in their own letter case`() {
        let script = """
            announce { name = 'n', to = csv.read 'groups.csv', topic = '{{DisplayName}}', body = function() return 'b' end }
            """
        #expect(findings(script).count == 1)
    }

    @Test func `a table without ids, or that is none, is refused`() {
        let script = "announce { name = 'n', to = csv.read 't.csv', topic = 't', body = 'b' }"
        #expect(
            findings(script, files: ["t.csv": "key,name\n1,a\n"]) == [
                "1:38 error missingColumn: t.csv has no column 'id' to say which group a row means (it has key, name)"
            ]
        )
        let broken = findings(script, files: ["t.csv": "id,name\n1\n"])
        #expect(broken.count == 1)
        #expect(broken.first?.hasPrefix("1:38 error badFile: t.csv:2:") == true)
    }

    @Test func `each variable of a template is told of once, whatever stands around it`() {
        let script = """
            local body = "{{#a}}{{^a}}{{b}}{{/a}}{{c}}{{/a}}{{^a}}{{d}}{{d}}{{/a}}{{#mail}}{{e}}{{/mail}}"
            announce { name = "n", to = csv.read "groups.csv", topic = "t", body = body }
            """
        #expect(check(script).findings.map { $0.message.prefix { $0 != " " } } == ["{{#a}}", "{{d}}", "{{e}}"])
    }

    @Test func `damaged scripts are checked to their end`() throws {
        let pieces = [
            "graph", ".groups", "[", "]", "(", ")", "{", "}", "csv", ".read", ":each", " 'groups.csv'", "announce",
            "topic", "=", ",", " html", " local x", " x", " end", " do", " while true", "\n", "'{{", "}}'", " function",
            ".", ":", " 1",
        ]
        var state: UInt64 = 7
        for _ in 0..<3000 {
            var script = ""
            for _ in 0..<30 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                script += pieces[Int(state >> 33) % pieces.count]
            }
            let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
            for finding in check(script).findings {
                #expect(finding.line <= lines.count)
                #expect(finding.column <= lines[finding.line - 1].unicodeScalars.count + 1)
            }
        }
    }

    @Test func `modules of the script's own are found, with the globals that they make`() {
        let files = [
            "lib/greeting.lua": "function hello() end  require 'names'",
            "names/init.lua": "names = {}  require 'lib.greeting'",
        ]
        #expect(findings("require 'lib.greeting'  print(hello, names)", files: files) == [])
        #expect(
            findings("require 'greeting'", files: files) == [
                "1:9 error badFile: there is no module 'greeting' beside the script: neither greeting.lua nor "
                    + "greeting/init.lua"
            ]
        )
    }

    @Test func `functions that modules add to Lua's libraries are known`() {
        #expect(findings("print(string.trim('x'), ('x'):trim(), math.randomseed(1, 2), os.date())") == [])
        #expect(findings("print(string.trim(1, 2))").count == 2)
        #expect(findings("print(('x'):trm())").count == 1)
        #expect(findings("print(table.mapp({}, print))").count == 1)
    }

    @Test func `it says what a script does`() {
        let check = check(
            """
            local group = graph.groups[args[1]]
            for thread in group.threads:each() do group.threads[thread.id]:reply { } end
            graph.delete("/groups/x")
            announce { name = "n1", to = csv.read "groups.csv", topic = "t", body = "b" }
            csv.read(args[2])
            time.sleep(1)
            """
        )
        #expect(check.findings == [])
        #expect(
            ScriptCapability.words(for: check.capabilities) == [
                "reads groups.csv", "reads Graph", "writes to Graph (delete, threads:reply)", "announces \"n1\"",
                "waits",
            ]
        )
    }

    @Test func `limits that a script cannot ask for are found, and those that it must be granted`() {
        let fault = check("-- limit-memory 32\n-- limit-disk 1\nprint(1)").findings
        #expect(fault.map(\.line) == [2] && fault.map(\.severity) == [.error] && fault.map(\.code) == [.badLimit])
        let wide = check("-- limit-memory 128\nprint(1)").findings
        #expect(wide.map(\.line) == [1] && wide.map(\.severity) == [.warning])
        #expect(check("-- limit-memory 32\nprint(1)").findings.isEmpty)
    }

    @Test func `the names of the sandbox are those that are known`() async throws {
        let world = try await ScriptWorld()
        let printed = try await world.run(
            """
            local names = {}
            for name, value in next, _G do
              names[#names + 1] = name
              if type(value) == "table" and value ~= _G then
                for field in next, value do names[#names + 1] = name .. "." .. tostring(field) end
              end
            end
            print(table.concat(names, "\\n"))
            """
        )
        let modules = Set(ScriptModule.all.map(\.name)).subtracting(SandboxNames.libraries.keys)
        let found = Set(printed.split(separator: "\n").map(String.init)).filter { name in
            !modules.contains(String(name.prefix { $0 != "." }))
        }
        let known = SandboxNames.base.union(SandboxNames.libraries.keys).union(
            SandboxNames.libraries.flatMap { library, members in members.map { "\(library).\($0)" } }
        ).union(
            ScriptModule.all.filter { !modules.contains($0.name) }.flatMap { module in
                module.functions.map { "\(module.name).\($0.name)" }
            }
        )
        #expect(found.symmetricDifference(known) == [])
    }

    @Test func `the deepest script that Lua reads can be checked`() {
        let depth = 180
        let source =
            "local x = " + String(repeating: "announce { to = html(", count: depth / 2) + "csv.read 'groups.csv'"
            + String(repeating: ") }", count: depth / 2)
        #expect(!check(source).findings.contains { $0.code == .syntax })
        let chain = "local x = csv" + String(repeating: ".read", count: 20_000)
        #expect(check(chain).findings.count == 1)
        let sum = "local x = 1" + String(repeating: " + 1", count: 50_000)
        #expect(check(sum).findings.isEmpty)
    }
}

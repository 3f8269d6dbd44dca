import EmbeddedGraph
import GraphModel
import LuaRuntime
import Testing

@testable import ScriptHost

/// What files of tests find besides the usual modules.
@Suite struct TestingTests {
    private let world: ScriptWorld

    init() async throws {
        world = try await ScriptWorld()
    }

    private func bench(_ wanted: Int = 1, filter: String? = nil) -> TestBench {
        let store = world.store
        return TestBench(
            wanted: wanted,
            filter: filter,
            clock: TestClock(),
            connections: TestBench.Connections(
                importGroups: { groups throws(HostError) in
                    do {
                        _ = try await store.importGroups(groups)
                    } catch {
                        throw HostError(code: "storeFailed", message: "\(error)")
                    }
                },
                groups: { table throws(HostError) in
                    table.rows.map { row in
                        Group(
                            id: .random(),
                            displayName: row["displayName"] ?? "",
                            mailNickname: "row-\(row.line)",
                            created: GraphDate(microseconds: 0)
                        )
                    }
                },
                run: { path, arguments throws(HostError) in
                    var outcome = ScriptOutcome()
                    outcome.output = ([path] + arguments).joined(separator: " ")
                    return outcome
                }
            )
        )
    }

    /// The message of the error that the script ends with.
    private func message(_ source: String) async throws -> String {
        do {
            try await world.run(source, bench: bench())
            return ""
        } catch let error as LuaError {
            return error.message
        }
    }

    @Test(arguments: ScriptModule.testing.map(\.name))
    func `every example runs as it stands`(module: String) async throws {
        for function in try #require(ScriptModule.testing.first { $0.name == module }).functions {
            #expect(try await message(function.example) == "", "\(module).\(function.name)")
            #expect(!function.summary.isEmpty)
        }
    }

    @Test(arguments: [
        ("1, 1.0", ""),
        ("{ 1, { a = 'x' } }, { 1, { a = 'x' } }", ""),
        ("csv.parse('id\\n1\\n'), { { id = '1' } }", ""),
        ("graph.groups['a'], graph.groups['a']", ""),
        ("nil, nil", ""),
        ("json.decode('[1, {}]'), { 1, {} }", ""),
        ("json.decode('[1]'), json.decode('[2]')", "the values differ at [1]\nexpected: 2\nactual:   1"),
        ("1, '1'", "the values differ\nexpected: \"1\"\nactual:   1"),
        ("1, nil, 'the count'", "the count: the values differ\nexpected: nil\nactual:   1"),
        ("{ 1, 2 }, { 1 }", "the values differ at [2]\nexpected: nil\nactual:   2"),
        (
            "{ a = { ['b c'] = 1 } }, { a = { ['b c'] = 2 } }",
            "the values differ at a[\"b c\"]\nexpected: 2\nactual:   1"
        ),
        ("graph.groups['a'], graph.groups['b']", "the values differ\nexpected: /groups/b\nactual:   /groups/a"),
        ("'a\\nb', 'a\\tb'", "the values differ\nexpected: \"a\\tb\"\nactual:   \"a\\nb\""),
    ])
    func `equal compares what is in tables, and names the first difference`(
        arguments: String,
        expected: String
    ) async throws {
        #expect(try await message("expect.equal(\(arguments))") == expected)
    }

    @Test func `equal ends on tables that hold themselves`() async throws {
        let source = "local a, b = {}, {} a.self, b.self = a, b expect.equal(a, b) a.more = 1 expect.equal(a, b)"
        #expect(try await message(source) == "the values differ at more\nexpected: nil\nactual:   1")
    }

    @Test func `equal shows of long texts what stands around the difference`() async throws {
        let text = try await message("expect.equal(('é'):rep(300) .. 'x', ('é'):rep(300) .. 'y')")
        #expect(text.hasPrefix("the values differ, from byte 601 on\nexpected: …\"é"))
        #expect(text.hasSuffix("éx\""))
        #expect(text.utf8.count < 200)
    }

    @Test(arguments: [
        ("expect.error(function() error('no way') end, 'no')", ""),
        ("expect.error(function() error('at 12') end, 'at %d+')", ""),
        ("expect.error(function() csv.read 'x.csv' end, 'fileNotFound')", ""),
        ("expect.error(function() end, 'x')", "expected an error (x), but the function came to its end"),
        (
            "expect.error(function() error({ code = 'a', message = 'b' }) end, '[')",
            "another error was raised than expected\nexpected: \"[\"\nactual:   \"b\" (a)"
        ),
        ("expect.contains({ 1, { x = 1 } }, { x = 1 })", ""),
        ("expect.contains('a+b', '+')", ""),
        ("expect.contains('ab', 1)", "expect.contains: a text contains texts, not a number"),
        ("expect.contains({ 1 }, 2)", "the list has not what is expected\nexpected: 2\nactual:   { 1 }"),
        ("expect.falsy(0)", "expected nil or false\nactual:   0"),
        ("expect.truthy(nil, 'it')", "it: expected a value, not nil"),
    ])
    func `the other claims say what there is instead`(source: String, expected: String) async throws {
        #expect(try await message(source) == expected)
    }

    @Test func `of all tests, the wanted one is executed`() async throws {
        let second = bench(2)
        try await world.run(
            "for i = 1, 3 do test('t' .. i, function() print('ran', i) end) end",
            bench: second
        )
        #expect(world.output == "ran\t2\n")
        #expect(second.progress == .passed(name: "t2"))
        #expect(second.found == 3)

        let filtered = bench(1, filter: "T3")
        try await world.run("for i = 1, 3 do test('t' .. i, function() end) end", bench: filtered)
        #expect(filtered.progress == .passed(name: "t3"))
        #expect(filtered.found == 1)
        #expect(filtered.seen == 3)
    }

    @Test func `tests do not stand inside each other`() async throws {
        let text = try await message("test('a', function() test('b', function() end) end)")
        #expect(text == "test: 'b' stands inside the test 'a'; tests stand side by side")
    }

    @Test(arguments: [
        ("store.groups { {} }", "store.groups: group 1 must be a table, as in { displayName = \"Contoso\" }"),
        ("store.groups { { mail = 'x' } }", "store.groups: group 1 needs a displayName, which is text"),
        (
            "store.groups { { displayName = 'x', id = 'y' } }",
            "store.groups: group 1: the id is no GUID; leave it out to get a new one"
        ),
        ("clock.set 'noon'", "clock.set: 'noon' is no moment; write it as 2026-01-15T08:30:00Z"),
        ("run()", "run: the first argument must be a script's path, as in run(\"announce.lua\")"),
    ])
    func `wrong arguments are named`(source: String, expected: String) async throws {
        #expect(try await message(source) == expected)
    }

    @Test func `scripts that are no tests do not find the modules of tests`() async throws {
        #expect(try await world.run("print(test, expect, clock, store, run)") == "nil\tnil\tnil\tnil\tnil\n")
    }
}

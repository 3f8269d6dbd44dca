import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// What people see of `herald test`, and what it leaves behind.
@Suite struct TestCommandTests {
    private let world: CapturedWorld

    init() throws {
        world = try CapturedWorld()
    }

    private func run(
        _ source: String,
        _ options: String...
    ) async throws -> (status: HeraldCommands.ExitStatus, output: String) {
        try world.write(source, to: "some_test.lua")
        let status = await HeraldCommand.run(["test"] + options + ["some_test.lua"], in: world.herald)
        return (status, world.output.take())
    }

    @Test func `tests that pass are listed, and what they print is hidden`() async throws {
        let (status, output) = try await run(
            """
            test("adding works", function()
              print("noise")
              expect.equal(1 + 1, 2)
            end)
            test("so does joining", function() expect.equal("a" .. "b", "ab") end)
            """
        )
        #expect(status == .done)
        #expect(
            output == "some_test.lua\n  ✓ adding works  0 s\n  ✓ so does joining  0 s\n2 passed, none failed in 0 s\n"
        )
    }

    @Test func `a failure names the place, the line, what differs and what was printed`() async throws {
        let (status, output) = try await run(
            """
            test("the list is right", function()
              print("before")
              log.warn("careful")
              expect.equal({ groups = { { id = 1 }, { id = 2 } } }, { groups = { { id = 1 }, { id = 3 } } })
            end)
            test("another one", function() end)
            """
        )
        #expect(status == .failed)
        #expect(
            output == """
                some_test.lua
                  ✗ the list is right  0 s
                      some_test.lua:4: the values differ at groups[2].id
                        4 |   expect.equal({ groups = { { id = 1 }, { id = 2 } } }, { groups = { { id = 1 }, { id = 3 } } })
                          |   ^
                      expected: 3
                      actual:   2
                      output:
                        before
                        warning: careful
                  ✓ another one  0 s
                1 passed, 1 failed in 0 s

                """
        )
    }

    @Test func `a failure in a function shows who called it`() async throws {
        let (_, output) = try await run(
            """
            local function check(value)
              expect.truthy(value, "the value")
            end
            test("a test", function()
              check(false)
              return true
            end)
            """
        )
        #expect(output.contains("some_test.lua:2: the value: expected a value, not false\n"))
        #expect(output.contains("traceback:\n"))
        #expect(output.contains("some_test.lua:5: in"))
    }

    @Test func `a test that a limit ends takes no other one with it`() async throws {
        let (status, output) = try await run(
            """
            test("endless", function() while true do end end)
            test("short", function() end)
            """,
            "--limit-cpu",
            "0.1"
        )
        #expect(status == .failed)
        #expect(output.contains("✗ endless"))
        #expect(output.contains("look for an endless loop"))
        #expect(output.contains("✓ short"))
    }

    @Test func `output without end is ended, and its last lines are shown`() async throws {
        let (status, output) = try await run(
            """
            test("flood", function() while true do print(string.rep("x", 10000)) end end)
            test("log", function() while true do log.info(string.rep("x", 10000)) end end)
            test("long", function() for i = 1, 100 do print("line", i) end error("enough") end)
            """
        )
        #expect(status == .failed)
        #expect(output.split(separator: "the script wrote more than it may").count == 3)
        #expect(output.contains("      the last 40 of 100 lines of output:\n        line\t61\n"))
        #expect(!output.contains("line\t60\n"))
    }

    @Test func `each test begins with what stands around it, an empty store and the same time`() async throws {
        let (status, output) = try await run(
            """
            local counter = 0
            local ids = store.groups { { displayName = "Contoso Wellness" } }
            for number = 1, 2 do
              test("test " .. number, function()
                counter = counter + 1
                expect.equal(counter, 1)
                local listed = graph.groups:list().value
                expect.equal(#listed, 1)
                expect.equal(listed[1].id, ids[1])
                expect.equal(time.iso(time.now()), "2026-01-15T08:30:00Z")
                clock.advance(60)
                graph.groups[ids[1]].threads:create { topic = "Rest", posts = { { body = text "Hello" } } }
                expect.equal(#graph.groups[ids[1]].threads:list().value, 1)
              end)
            end
            """
        )
        #expect(status == .done, "\(output)")
        #expect(output.contains("2 passed"))
    }

    @Test func `a file that cannot be executed fails by itself`() async throws {
        let (status, output) = try await run("test('one', function() end)\nnothing()")
        #expect(status == .failed)
        #expect(output.contains("✓ one"))
        #expect(output.contains("      some_test.lua:2: attempt to call a nil value (global 'nothing')"))
        #expect(output.hasSuffix("1 passed, 1 failed in 0 s\n"))

        let broken = try await run("test('one', function()")
        #expect(broken.status == .failed)
        #expect(broken.output.contains("some_test.lua:1: 'end' expected near <eof>"))

        let empty = try await run("print('nothing here')")
        #expect(empty.status == .failed)
        #expect(empty.output.contains("some_test.lua: there is no test in it"))
    }

    @Test func `an error that the file catches still fails the test`() async throws {
        let (status, output) = try await run(
            "pcall(test, 'caught', function() error('no') end)\ntest('next', function() end)"
        )
        #expect(status == .failed)
        #expect(output.contains("✗ caught"))
        #expect(output.contains("✓ next"))
    }

    @Test func `a filter chooses tests by their names`() async throws {
        let source = "test('Red', function() error('x') end) test('Green', function() end)"
        let (status, output) = try await run(source, "--filter", "gree")
        #expect(status == .done)
        #expect(output == "some_test.lua\n  ✓ Green  0 s\n1 passed, none failed in 0 s\n")
        #expect(try await run(source, "--filter", "blue").status == .usage)
        #expect(world.error.take().contains("No test has 'blue' in its name."))
    }

    @Test func `without files, all below the folder are run, and where there is none it says so`() async throws {
        #expect(await world.run("test") == .usage)
        #expect(world.error.take().contains("There are no files named *_test.lua below the current folder"))
        try FileManager.default.createDirectory(
            atPath: world.folder + "/deep/er",
            withIntermediateDirectories: true
        )
        try FileManager.default.createDirectory(atPath: world.folder + "/.hidden", withIntermediateDirectories: true)
        try world.write("test('b', function() end)", to: "deep/er/b_test.lua")
        try world.write("test('a', function() end)", to: "a_test.lua")
        try world.write("test('c', function() error('c') end)", to: ".hidden/c_test.lua")
        try world.write("error('no test')", to: "other.lua")
        #expect(await world.run("test") == .done)
        #expect(
            world.output.take()
                == "a_test.lua\n  ✓ a  0 s\ndeep/er/b_test.lua\n  ✓ b  0 s\n2 passed, none failed in 0 s\n"
        )
        #expect(await world.run("test", "deep") == .done)
        #expect(world.output.take().hasPrefix("deep/er/b_test.lua\n"))
        #expect(await world.run("test", "missing_test.lua") == .failed)
    }

    @Test func `the report for programs has every test`() async throws {
        let (status, output) = try await run(
            "test('good', function() end) test('bad', function() expect.equal('a', 'b') end)",
            "--json"
        )
        #expect(status == .failed)
        let report = try JSONValue(Array(output.utf8))
        #expect(report["passed"] == .integer(1))
        #expect(report["failed"] == .integer(1))
        let tests = try #require(report["files"]?.elements?.first?["tests"]?.elements)
        #expect(tests.map { $0["name"] } == [.string("good"), .string("bad")])
        #expect(tests[0]["failure"] == nil)
        #expect(tests[1]["failure"]?["message"] == .string("some_test.lua:1: the values differ"))
        #expect(tests[1]["failure"]?["line"] == .integer(1))
        #expect(
            tests[1]["failure"]?["difference"] == .array([.string("expected: \"b\""), .string("actual:   \"a\"")])
        )
    }

    @Test func `a script is run as it would be, on the test's store and clock`() async throws {
        try world.copyExample("announce.lua")
        try world.copyExample("groups.csv")
        try world.write("print(time.iso(time.now()), args[1])\ntime.sleep(86400)\nlog.info('slept')", to: "waits.lua")
        try world.write("error('broken on purpose')", to: "broken.lua")
        let (status, output) = try await run(
            """
            test("each group is sent to once", function()
              local ids = store.groups "groups.csv"
              expect.equal(#ids, 2000)
              expect.equal(run("announce.lua").sent, 2000)
              local again = run("announce.lua")
              expect.equal(again.sent, 0)
              expect.equal(again.already, 2000)
              expect.contains(again.log, "2000 had it already")
            end)
            test("time passes as the test has it", function()
              clock.set("2026-03-01T00:00:00Z")
              local outcome = run("waits.lua", 7)
              expect.equal(outcome.output, "2026-03-01T00:00:00Z\\t7\\n")
              expect.equal(outcome.log, "slept\\n")
              expect.equal(time.iso(os.time()), "2026-03-02T00:00:00Z")
              expect.equal(os.date("!%d"), "02")
            end)
            test("an error is part of the outcome", function()
              local outcome = run("broken.lua")
              expect.equal(outcome.error, { message = "broken on purpose", script = "broken.lua", line = 1 })
              expect.error(function() run("nowhere.lua") end, "fileNotFound")
            end)
            """
        )
        #expect(status == .done, "\(output)")
        #expect(!FileManager.default.fileExists(atPath: world.folder + "/state"), "the real store is not touched")
    }
}

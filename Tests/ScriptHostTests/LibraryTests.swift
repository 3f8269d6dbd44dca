import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct LibraryTests {
    @Test func `strings are trimmed, split and compared at their ends, as functions and as methods`() async throws {
        let output = try await ScriptWorld().run(
            #"""
            print("[" .. ("  a b\t\n"):trim() .. "]", string.trim "")
            print(#(""):split(","), table.concat(("a,,b,"):split(","), "|"), table.concat(("a.b"):split("."), "|"))
            print(("abc"):starts("ab"), ("abc"):starts(""), ("abc"):ends("bc"), ("abc"):ends(""), ("a"):ends("aa"))
            """#
        )
        #expect(output == "[a b]\t\n1\ta||b|\ta|b\ntrue\ttrue\ttrue\ttrue\tfalse\n")
    }

    @Test func `lists are mapped and filtered, whatever they are`() async throws {
        let output = try await ScriptWorld().run(
            """
            print(table.concat(table.map({ 1, 2, 3 }, function(n, i) return n * i end), " "))
            print(table.concat(table.filter({ 1, 2, 3, 4 }, function(n) return n % 2 == 0 end), " "))
            print(#table.map(csv.read "groups.csv", function(row) return row.id end))
            print(#table.filter(graph.groups:each(), function(group) return group.mailNickname == "group1" end))
            """
        )
        #expect(output == "1 4 9\n2 4\n2\n1\n")
    }

    @Test(
        "durations read and write as Graph has them",
        arguments: [
            ("PT1H30M", 5400.0, "PT1H30M"), ("P7D", 604_800, "P7D"), ("P2W", 1_209_600, "P14D"), ("PT0S", 0, "PT0S"),
            ("PT1.5S", 1.5, "PT1.5S"), ("P1DT1M", 86_460, "P1DT1M"),
        ]
    )
    func durations(text: String, seconds: Double, back: String) async throws {
        let output = try await ScriptWorld().run(
            #"local s = time.seconds("\#(text)") print(s == \#(seconds), time.duration(s))"#
        )
        #expect(output == "true\t\(back)\n")
    }

    @Test("what is no duration is refused", arguments: ["", "P", "PT", "1H", "P1M", "P1Y", "PT1H ", "-PT1H", "P1DT"])
    func badDurations(text: String) async throws {
        let error = await #expect(throws: LuaError.self) { try await ScriptWorld().run(#"time.seconds("\#(text)")"#) }
        #expect(error?.code == "badArgument")
    }

    @Test(
        "a moment that no date has is refused",
        arguments: ["math.mininteger", "math.maxinteger", "250000000000", "-250000000000"]
    )
    func farMoment(seconds: String) async throws {
        let error = await #expect(throws: LuaError.self) { try await ScriptWorld().run("time.iso(\(seconds))") }
        #expect(error?.code == "badArgument")
    }

    @Test func `dates are of universal time and normalised as a calendar has them`() async throws {
        let output = try await ScriptWorld().run(
            #"""
            print(os.time { year = 1970, month = 1, day = 1, hour = 0 }, os.time { year = 2026, month = 1, day = 15 })
            print(os.date("%Y-%m-%dT%H:%M:%S", 951827696), os.date("!%H", 3600), os.date("*t", 0).year)
            local t = { year = 2026, month = 14, day = -3, hour = 25 }
            print(os.time(t), t.year, t.month, t.day, t.hour, t.yday)
            print(pcall(os.time, { year = 2026 }))
            print(pcall(os.date, "%Q"))
            for year = 1900, 2100, 7 do
              for month = 1, 12, 5 do
                local s = os.time { year = year, month = month, day = 28, hour = 13, min = 5, sec = 9 }
                local back = os.date("!*t", s)
                assert(back.year == year and back.month == month and back.day == 28 and back.hour == 13)
              end
            end
            """#
        )
        #expect(
            output
                == """
                0\t1768478400
                2000-02-29T12:34:56\t01\t1970
                1801184400\t2027\t1\t29\t1\t29
                false\tfield 'month' missing in date table
                false\tbad argument #1 to 'date' (invalid conversion specifier '%Q')

                """
        )
    }

    @Test func `pairs goes through numbers, then strings, in an order that does not change`() async throws {
        let script = """
            local t = { "a", "b", "c" }
            for _, name in ipairs { "zeta", "alpha", "mid", "Beta", "" } do t[name] = 1 end
            t[-1], t[2.5], t[10], t[true], t[1 << 40] = 1, 1, 1, 1, 1
            local keys = {}
            for k in pairs(t) do
              keys[#keys + 1] = tostring(k)
              if k == "alpha" then t.mid = nil end
            end
            print(table.concat(keys, " "))
            for k, v in pairs(setmetatable({}, { __pairs = function() return next, { own = 1 }, nil end })) do print(k, v) end
            print(next({}), pcall(pairs))
            """
        let expected = """
            1 2 3 10 1099511627776 -1 2.5  Beta alpha zeta true
            own\t1
            nil\tfalse\tbad argument #1 to 'for iterator' (table expected, got nil)

            """
        let output = try await ScriptWorld().run(script)
        #expect(output.split(separator: "\n").prefix(2) == expected.split(separator: "\n").prefix(2))
        for _ in 0..<5 { #expect(try await ScriptWorld().run(script) == output) }
    }

    @Test func `a resumed run is told the same times and random numbers, and then goes on`() async throws {
        let recorded = RecordedJournal()
        let script = """
            local told = { math.random(1 << 40), os.time(), time.now(), os.clock(), math.random() }
            math.randomseed()
            told[#told + 1] = math.random(1 << 40)
            print(table.concat(told, " "))
            graph.post("/groups/\(ScriptWorld.groups[0])/threads", { topic = "T", posts = { { body = text "x" } } })
            """
        let first = try await ScriptWorld().run(script, journal: recorded.journal)
        #expect(!recorded.entries.isEmpty)
        #expect(try await ScriptWorld().run(script, journal: recorded.journal) == first)
        #expect(try await ScriptWorld().run(script) != first)
        let more = try await ScriptWorld().run(script + "\nprint(os.time() > 0)", journal: recorded.journal)
        #expect(more == first + "true\n")
    }

    @Test func `output past its limit ends the script, and what was written before is whole`() async throws {
        let world = try await ScriptWorld()
        let error = await #expect(throws: LuaError.self) {
            try await world.run("for i = 1, 1000 do pcall(print, ('x'):rep(99)) end", limits: { $0.output = 1000 })
        }
        #expect(error?.kind == .output && error?.line == 1)
        #expect(world.output.utf8.count == 1000)
    }
}

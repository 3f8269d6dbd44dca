import Testing

@testable import LuaRuntime

/// The functions that the sandbox replaces, under limits, and where scripts call back from within them.
@Suite struct PatternTests {
    @Test(
        "work that a library function does without end is ended, and the line named",
        arguments: [
            "('a'):rep(300):find('.-.-.-.-.-b')",
            "('a'):rep(30000):match('(.*).*.*[^a]')",
            "('a'):rep(30000):find('(a-)(a-)%2%1b')",
            "for _ in ('a'):rep(3000):gmatch('a-a-a-a-b') do end",
            "('a'):rep(3000):gsub('a*a*a*a*b', '')",
            "('('):rep(3000000):find('%b()')",
            "('a'):rep(1000000):find('[' .. ('b'):rep(1000000) .. ']+')",
            "('a'):rep(1000000):gsub('()', ('%1'):rep(1000000))",
            "('a'):rep(1000000):find('a-%f[' .. ('b'):rep(1000000) .. ']')",
            "('a'):rep(1000000):gsub('a*$b', 'x')",
            "pcall(string.find, ('a'):rep(3000), 'a-a-a-a-b')",
            "local t = {} for i = 1, 300000 do t[i] = 1 end while true do table.insert(t, 1, 1) table.remove(t, 1) end",
            "local t = {} for i = 1, 300000 do t[i] = i end while true do table.sort(t, math.ult) end",
            "while true do table.move({}, 1, 9000000, 2) end",
            "local t = {} for i = 1, 300000 do t[i] = '' end while true do table.concat(t) end",
        ]
    )
    func endlessWork(source: String) async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .milliseconds(50) }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run("local x\n\n\(source)\nemit 'on'") }
        #expect(error?.kind == .cpu)
        #expect(error?.line == 3)
    }

    @Test func `a result that grows without end meets the memory limit`() async throws {
        for source in [
            "('a'):rep(1 << 16):gsub('a', ('b'):rep(1 << 16))",
            "pcall(string.gsub, ('a'):rep(1 << 16), 'a', function() return ('b'):rep(1 << 16) end)",
            "local t = {} for i = 1, 3000 do t[i] = ('b'):rep(1 << 16) .. i end table.concat(t, t[1])",
        ] {
            let sandbox = try await Sandbox {
                $0.memory = 8 << 20
                $0.cpuBetweenCalls = .seconds(20)
            }
            let error = await #expect(throws: LuaError.self) { try await sandbox.run(source) }
            #expect(error?.kind == .memory)
        }
    }

    @Test func `large results in a loop stay below the limit`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(60) }
        try await sandbox.run(
            "local s = ('x'):rep(4 << 20) for i = 1, 30 do local r = s:gsub('^x', '%0%0'):upper():reverse() end"
        )
    }

    @Test func `a callback may call what called it, fail, and leave by an error`() async throws {
        let emitted = try await Sandbox().run(
            """
            emit((("a b"):gsub("%a", function(w) return (w:gsub(".", function(c) return c:rep(2, table.concat({ "-", "+" })) end)) end)))
            emit(pcall(string.gsub, "abc", "b", function() error("stop here", 0) end))
            emit(pcall(string.gsub, "abc", "%w", function() error({ code = "mine" }) end))
            local function deep(n) return n == 0 and "end" or (("x"):gsub("x", function() return deep(n - 1) end)) end
            emit(deep(100), (pcall(deep, 250)))
            """
        )
        #expect(
            emitted == [
                #"["a-+a b-+b"]"#, #"[false,"stop here"]"#, #"[false,{"code":"mine"}]"#, #"["end",false]"#,
            ]
        )
    }

    @Test func `a callback cannot yield, as in stock Lua`() async throws {
        let emitted = try await Sandbox().run(
            """
            local co = coroutine.create(function() return ("x"):gsub("x", coroutine.yield) end)
            emit(coroutine.resume(co))
            emit(coroutine.status(co))
            """
        )
        #expect(emitted == [#"[false,"attempt to yield across a C-call boundary"]"#, #"["dead"]"#])
    }

    @Test func `a callback may use the coroutines of others`() async throws {
        let emitted = try await Sandbox().run(
            """
            local next_letter = coroutine.wrap(function() for c in ("xyz"):gmatch(".") do coroutine.yield(c) end end)
            emit((("a-b-c"):gsub("%a", function() return next_letter() end)))
            """
        )
        #expect(emitted == [#"["x-y-z"]"#])
    }

    @Test func `a pattern with too many open choices is an error`() async throws {
        let emitted = try await Sandbox().run(
            """
            local ok, message = pcall(function() return ("a"):rep(250):find(("a?"):rep(250)) end)
            emit(ok, message)
            emit((("a"):rep(250):find(("a"):rep(250))))
            """
        )
        #expect(emitted == [#"[false,"test.lua:1: pattern too complex"]"#, "[1]"])
    }

    @Test(
        "a function that its caller has no name for is named by its library",
        arguments: [
            ("pcall(string.rep)", "bad argument #1 to 'string.rep' (string expected, got no value)"),
            (
                "pcall(table.concat, 1)",
                "bad argument #1 to 'table.concat' (table expected, got number)"
            ),
            ("pcall(tonumber)", "bad argument #1 to 'tonumber' (value expected)"),
        ]
    )
    func names(call: String, message: String) async throws {
        #expect(try await Sandbox().run("emit(select(2, \(call)))") == ["[\"\(message)\"]"])
    }

    @Test func `an order that contradicts itself raises an error or none, and any function may order`() async throws {
        let emitted = try await Sandbox().run(
            """
            local t = {}
            for i = 1, 100 do t[i] = i end
            local ok, message = pcall(function() table.sort(t, function() return true end) end)
            emit(ok, message)
            emit((pcall(table.sort, t, function(a, b) return (a * 7919 % 13) <= (b * 31 % 11) end)))
            local numbers = { 3, -1, 2 }
            table.sort(numbers, math.ult)
            emit(numbers)
            """
        )
        #expect(emitted.first == #"[false,"test.lua:3: invalid order function for sorting"]"#)
        #expect(emitted.last == "[[2,3,-1]]")
    }
}

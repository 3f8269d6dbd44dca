import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// Scripts that go where the limits or the host's own bookkeeping might not reach.
@Suite struct HostileTests {
    @Test(
        "a call cannot wait in a coroutine that something resumed which cannot wait itself",
        arguments: [
            "table.sort({ 2, 1 }, function(a, b) coroutine.wrap(later)() return a < b end)",
            "string.gsub('x', 'x', function() assert(coroutine.resume(coroutine.create(later))) end)",
        ]
    )
    func waitsThroughObstacles(source: String) async throws {
        let emitted = try await Sandbox().run(
            """
            local ok, e = pcall(function() \(source) end)
            emit(ok, e.code, e.line)
            local co = coroutine.wrap(function() coroutine.yield("mine") end)
            emit(co())
            emit(later(1))
            """
        )
        #expect(emitted == [#"[false,"cannotWait",1]"#, #"["mine"]"#, "[[1]]"])
    }

    @Test(
        "a length that lies keeps no library function busy",
        arguments: [
            "table.insert(liar, 1, 0)", "table.remove(liar, 1)", "table.concat(liar)", "table.unpack(liar)",
            "table.sort(liar)", "table.sort(liar, rawequal)", "table.move(liar, 1, 1 << 40, 2)",
        ]
    )
    func lyingLengths(source: String) async throws {
        let sandbox = try await Sandbox()
        try await sandbox.run(
            """
            for turn = 0, 2 do
              local asked = 0
              liar = setmetatable({ 1, 2 }, { __len = function() asked = asked + 1 return asked > turn and 1 << 60 or 2 end })
              pcall(function() \(source) end)
            end
            """
        )
    }

    @Test func `the functions of tables do what the manual says`() async throws {
        let emitted = try await Sandbox().run(
            """
            local t = { "a", "b", "c" }
            table.insert(t, "d") table.insert(t, 1, "z")
            emit(t, table.remove(t), table.remove(t, 1), t)
            emit(table.concat(t, "-"), table.concat(t, "", 2, 3), table.concat({}, "x"), table.concat({ 1, 2.5, "x" }, ", "))
            emit(table.unpack(t)) emit(table.unpack(t, 2)) emit(table.unpack(t, 2, 2)) emit((select("#", table.unpack({}, 1, 3))))
            emit(table.move({ 1, 2, 3 }, 1, 3, 2), table.move({ 1, 2, 3 }, 2, 3, 1), table.move({ 1, 2 }, 1, 2, 1, {}))
            emit(table.remove({}), #table.pack(1, nil, 3), table.remove({ 1 }, 2))
            local s = { 5, 3, 9, 1 }
            table.sort(s) emit(s) table.sort(s, function(a, b) return a > b end) emit(s)
            """
        )
        #expect(
            emitted == [
                #"[["a","b","c"],"d","z",["a","b","c"]]"#,
                #"["a-b-c","bc","","1, 2.5, x"]"#, #"["a","b","c"]"#, #"["b","c"]"#, #"["b"]"#, "[3]",
                "[[1,1,2,3],[2,3,3],[1,2]]", "[null,3,null]", "[[1,3,5,9]]", "[[9,5,3,1]]",
            ]
        )
    }

    @Test(
        "a misused function is named, with the line",
        arguments: [
            ("table.insert(nil, 1)", "bad argument #1 to 'insert' (table expected, got nil)"),
            ("table.insert({}, 5, 1)", "bad argument #2 to 'insert' (position out of bounds)"),
            ("table.insert({})", "wrong number of arguments to 'insert'"),
            ("table.remove({ 1, 2 }, 7)", "bad argument #1 to 'remove' (position out of bounds)"),
            ("table.concat({ 1, {} })", "invalid value (table) at index 2 in table for 'concat'"),
            ("table.concat(1)", "bad argument #1 to 'concat' (table expected, got number)"),
            ("table.unpack({}, 1, 1e8)", "too many results to unpack"),
            ("table.sort({ 1, 2 }, 3)", "bad argument #2 to 'sort' (function expected, got number)"),
            ("table.sort(nil)", "bad argument #1 to 'sort' (table expected, got nil)"),
            ("string.rep()", "bad argument #1 to 'rep' (string expected, got no value)"),
            ("('x'):rep({})", "bad argument #1 to 'rep' (number expected, got table)"),
            ("string.format('%d', 'x')", "bad argument #2 to 'format' (number expected, got string)"),
            ("string.format('%d', 1.5)", "bad argument #2 to 'format' (number has no integer representation)"),
            ("string.format('%y', 1)", "invalid conversion '%y' to 'format'"),
            ("string.format('%s')", "bad argument #2 to 'format' (no value)"),
        ]
    )
    func misuse(source: String, message: String) async throws {
        let emitted = try await Sandbox().run("local ok, e = pcall(function() \(source) end) emit(e)")
        #expect(emitted == ["[\"test.lua:1: \(message)\"]"])
    }

    @Test func `format writes what the stock function writes, but no address`() async throws {
        let emitted = try await Sandbox().run(
            """
            emit(("%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%i"):format(1, 2, 3, 4, 5, 6, 255, 255, 255, 8, 9.0))
            emit(("%c%c|%s|%10s|%-10s|%.2s|%%"):format(72, 105, "x", "y", "z", "abc"))
            emit(("%f|%.2f|%10.3f|%e|%g|%G|%a"):format(1, 2.345, 3, 4, 1e20, 1e-10, 1))
            emit(("%q"):format('a"b\\n\\0c\\\\'), ("%q|%q|%q"):format(1, math.mininteger, 0.5), ("%q"):format(true))
            emit(("%s %s %s %s"):format({}, emit, nil, true), ("%s"):format(setmetatable({}, { __tostring = function() return "mine" end })))
            emit(("%s"):format(json.null), (pcall(string.format, "%p", {})), ("%5s|"):format(nil), #("%99d"):format(1))
            emit((pcall(string.format, "%100d", 1)), (pcall(string.format, "%", 1)), #("%s"):format(("x"):rep(1000)), (pcall(string.format, "%10q", "x")))
            """
        )
        #expect(
            emitted == [
                #"["1|    2|3    |00004|+5| 6|ff|FF|0xff|10|9"]"#,
                #"["Hi|x|         y|z         |ab|%"]"#,
                #"["1.000000|2.35|     3.000|4.000000e+00|1e+20|1E-10|0x1p+0"]"#,
                #"["\"a\\\"b\\\n\\0c\\\\\"","1|0x8000000000000000|0x1p-1","true"]"#,
                #"["table function nil true","mine"]"#,
                #"["null",false,"  nil|",99]"#, "[false,false,1000,false]",
            ]
        )
    }

    /// Under AddressSanitizer every block is the system's own, so that none is kept for its size.
    private static let keepsBlocks = unsafe dlsym(nil, "__asan_init") == nil

    @Test(.enabled(if: keepsBlocks))
    func `a script that goes through the sizes of blocks holds no more memory for it`() async throws {
        let sandbox = try await Sandbox {
            $0.memory = 4 << 20
            $0.cpuBetweenCalls = .seconds(20)
        }
        let error = await #expect(throws: LuaError.self) {
            try await sandbox.run(
                """
                for size = 8, 480, 16 do
                  local t = {}
                  for i = 1, (3 << 20) // (size + 60) do t[i] = ("x"):rep(size) .. i end
                  t = nil
                  collectgarbage()
                end
                """
            )
        }
        #expect(error?.kind == .memory)
    }

    @Test func `large strings in a loop stay below the limit`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(60) }
        try await sandbox.run("for i = 1, 50 do local s = ('x'):rep(12 << 20) end")
    }

    @Test func `what a failed script was to close is closed`() async throws {
        let sandbox = try await Sandbox()
        await #expect(throws: LuaError.self) {
            try await sandbox.run(
                "local x <close> = setmetatable({}, { __close = function(_, e) emit('closed', e) end }) error('no', 0)"
            )
        }
        #expect(sandbox.emitted.texts.withLock { $0 } == [#"["closed","no"]"#])

        let endless = try await Sandbox()
        let error = await #expect(throws: LuaError.self) {
            try await endless.run(
                "local x <close> = setmetatable({}, { __close = function() while true do end end }) error('no', 0)"
            )
        }
        #expect(error?.kind == .cpu)
    }

    @Test(
        "error objects whose fields have unexpected types are still described",
        arguments: [
            ("error({ message = 'm', code = 12 })", "m", "12"), ("error({ message = 12 })", "12", nil),
            ("error({ message = 'm', line = 'x', status = 1.5, script = 3 })", "m", nil),
            ("error({ message = 'm', status = 'x', requestId = 7, line = 1 << 62, kind = {} })", "m", nil),
            ("error(setmetatable({}, { __tostring = function() return 'said so' end }))", "said so", nil),
            (
                "error(setmetatable({}, { __tostring = function() error('again') end }))",
                "(the error value is a table without a message)", nil
            ),
        ] as [(String, String, String?)]
    )
    func oddErrors(source: String, message: String, code: String?) async throws {
        let error = await #expect(throws: LuaError.self) { try await Sandbox().run(source) }
        #expect(error?.message == message)
        #expect(error?.code == code)
    }

    @Test func `the text of an error object is made within the limits`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await Sandbox().run("error(setmetatable({}, { __tostring = function() while true do end end }))")
        }
        #expect(error?.kind == .cpu)
    }

    @Test func `coroutines that close one another deep in the C stack do not crash`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(5) }
        try await sandbox.run(
            """
            local function deep(n, f) if n == 0 then return f() end ("x"):gsub("x", function() deep(n - 1, f) end) end
            local function chain(n)
              if n == 0 then return nil end
              local inner = chain(n - 1)
              local co = coroutine.create(function()
                local x <close> = setmetatable({}, { __close = function()
                  pcall(deep, 150, function() if inner then coroutine.close(inner) end end)
                end })
                coroutine.yield()
              end)
              coroutine.resume(co)
              return co
            end
            pcall(function() coroutine.close(chain(40)) end)
            """
        )
    }

    @Test func `null from the host is nil`() async throws {
        #expect(try await Sandbox().run("emit(nothing() == nil, later() == nil)") == ["[true,true]"])
    }

    @Test func `a state runs one script at a time`() async throws {
        let sandbox = try await Sandbox()
        let first = Task { try await sandbox.run("emit 'up' forever()") }
        while sandbox.emitted.texts.withLock({ $0.isEmpty }) { await Task.yield() }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run("emit 'second'") }
        #expect(error?.kind == .runtime && error?.message == "a script runs in this state already")
        first.cancel()
        _ = await first.result
        #expect(sandbox.emitted.texts.withLock { $0 } == [#"["up"]"#])
    }

    @Test func `a limit too small for the libraries is an error`() async throws {
        for memory in [0, 1000, 5000, 20_000] {
            let error = await #expect(throws: LuaError.self) { try await Sandbox { $0.memory = memory } }
            #expect(error?.kind == .memory)
        }
    }
}

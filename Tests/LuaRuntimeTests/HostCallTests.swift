import Testing

@testable import LuaRuntime

@Suite struct HostCallTests {
    @Test func `values cross and come back`() async throws {
        let sandbox = try await Sandbox()
        let emitted = try await sandbox.run(
            #"local t = echo(1, 2.0, "x", true, { a = { 1, 2 } }) emit(t[1], t[2], t[3], t[4], t[5].a[2], #t)"#
        )
        #expect(emitted == [#"[1,2.0,"x",true,2,5]"#])
    }

    @Test(
        "a scalar crosses as it is, both ways",
        arguments: [
            "nil", "true", "false", "0", "-1", "math.maxinteger", "math.mininteger", "0.0", "1.5", "-2^63", "2^63",
            "1/0",
            "\"\"", "\"text\"", "\"a\\0b\"", "\"quo\\\"te\\n\"", "\"\u{E9}\u{5C71}\"", "(\"x\"):rep(100000)",
        ]
    )
    func scalars(value: String) async throws {
        let source = "local v = \(value) local w = same(v) emit(rawequal(v, w), math.type(v) == math.type(w))"
        #expect(try await Sandbox().run(source) == ["[true,true]"])
    }

    @Test func `scalars are told apart, and the first four are passed`() async throws {
        let emitted = try await Sandbox().run(
            "emit(kinds(1, 1.0, '1', {})) emit(kinds(nil, print, false)) emit(count(), count(nil), count(1, 2, 3, 4, 5, 6))"
        )
        #expect(emitted[0].contains("integer(1)") && emitted[0].contains("number(1.0)") && emitted[0].contains("other"))
        #expect(emitted[2] == "[0,1,4]")
    }

    @Test func `a function without arguments ignores what it is given`() async throws {
        #expect(try await Sandbox().run("emit(seven(), seven(1, {}, print))") == ["[7,7]"])
        let error = await #expect(throws: LuaError.self) { try await Sandbox().run("\nrefuse7()") }
        #expect(error?.code == "nope" && error?.line == 2)
    }

    @Test func `a scalar is held to the rules of JSON texts`() async throws {
        let emitted = try await Sandbox { $0.jsonSize = 1000 }.run(
            #"for _, v in ipairs { "a\xFFb", ("x"):rep(1001) } do local ok, e = pcall(same, v) emit(ok, e.code, e.message) end"#
        )
        #expect(emitted[0] == #"[false,"badJSON","cannot encode the value: the string is not UTF-8 (byte 2)"]"#)
        #expect(emitted[1].hasPrefix(#"[false,"badJSON","#))
    }

    @Test(
        "a call may wait wherever Lua can yield",
        arguments: [
            "emit(later(1)[1])",
            "emit(select(2, pcall(later, 1))[1])",
            "emit(coroutine.wrap(function() return later(1)[1] end)())",
            "emit(coroutine.wrap(function() return coroutine.wrap(function() return later(1)[1] end)() end)())",
            "local t = setmetatable({}, { __index = function(_, k) return later(k)[1] end }) emit(t[1])",
            "for v in function(_, last) if not last then return later(1)[1] end end do emit(v) end",
            "local co = coroutine.create(function() coroutine.yield(7) return later(1)[1] end) coroutine.resume(co) emit(select(2, coroutine.resume(co)))",
            "do local x <close> = setmetatable({}, { __close = function() emit(later(1)[1]) end }) end",
        ]
    )
    func waits(source: String) async throws {
        #expect(try await Sandbox().run(source) == ["[1]"])
    }

    @Test func `a call that waits where Lua cannot says so`() async throws {
        let sandbox = try await Sandbox()
        let error = await #expect(throws: LuaError.self) {
            try await sandbox.run("table.sort({ 3, 2, 1 }, function(a, b) later() return a < b end)")
        }
        #expect(error?.code == "cannotWait")
        #expect(error?.message.hasPrefix("later cannot be used here") == true)
        #expect(error?.line == 1)
    }

    @Test func `what the host refuses is an error object at the script's line`() async throws {
        let sandbox = try await Sandbox()
        let emitted = try await sandbox.run(
            """
            local ok, e = pcall(wrapped)
            emit(ok, e.code, e.message, e.status, e.requestId, e.line, tostring(e))
            local function inner() wrapped() end
            ok, e = pcall(inner)
            emit(e.line, getmetatable(e))
            """
        )
        #expect(emitted[0] == #"[false,"nope","it may not be",403,"r1",1,"test.lua:1: it may not be"]"#)
        #expect(emitted[1] == "[3,false]")

        let error = await #expect(throws: LuaError.self) { try await Sandbox().run("\n\nlocal x = 1\nwrapped()") }
        #expect(error?.kind == .runtime && error?.line == 4 && error?.script == "test.lua" && error?.status == 403)
    }

    @Test func `errors name script, line and the calls that led there`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await Sandbox().run(
                """
                local function greet(x)
                  return x.name.first
                end
                local r = { greet({}) }
                """
            )
        }
        #expect(error?.line == 2)
        #expect(error?.message == "attempt to index a nil value (field 'name')")
        #expect(error?.traceback == ["test.lua:2: in the function 'greet'", "test.lua:4: in the main chunk"])
    }

    @Test func `a syntax error names its line`() async throws {
        let error = await #expect(throws: LuaError.self) { try await Sandbox().run("local a\nlocal = 3") }
        #expect(error?.kind == .syntax && error?.line == 2 && error?.script == "test.lua")
        #expect(error?.message == "<name> expected near '='")
    }

    @Test(
        "any value may be thrown",
        arguments: [
            ("error({ message = 'm', code = 'c' })", "m"), ("error('m')", "m"),
            ("error(setmetatable({}, { __tostring = error }))", "(the error value is a table without a message)"),
            ("error()", "(the error value is a nil)"), ("error('a\\0b\\255')", "a\u{FFFD}b\u{FFFD}"),
            ("error(12)", "12"),
        ]
    )
    func thrown(source: String, message: String) async throws {
        let error = await #expect(throws: LuaError.self) { try await Sandbox().run(source) }
        #expect(error?.message == message)
    }

    @Test func `a state runs one script after another with the same globals`() async throws {
        let sandbox = try await Sandbox()
        try await sandbox.run("x = 1")
        #expect(try await sandbox.run("emit(x)") == ["[1]"])
    }
}

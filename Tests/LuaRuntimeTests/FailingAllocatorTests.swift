import Synchronization
import Testing

@testable import LuaRuntime

/// The system has no memory left, at each place in turn where the shim or liblua asks for some.
@Suite struct FailingAllocatorTests {
    /// Uses all that allocates, and would notice a wrong result of it.
    static let script = """
        local s = ("x"):rep(3000) .. ("y"):rep(2, "-")
        assert(#s == 3003 and s:upper():lower() == s and s:reverse():sub(1, 1) == "y")
        local t = {}
        for i = 1, 100 do t[i] = { i, tostring(i) } t["k" .. i] = i end
        table.sort(t, function(a, b) return a[1] > b[1] end)
        assert(t[1][1] == 100 and table.concat({ "a", 1, "b" }, ",") == "a,1,b" and #table.pack(table.unpack(t, 1, 90)) == 90)
        table.insert(t, 1, {}) table.remove(t, 1) table.move(t, 1, 10, 200)
        local closures = {}
        for i = 1, 10 do closures[i] = function() i = i + 1 return i end end
        assert(closures[3]() == 4)
        local co = coroutine.wrap(function(a) local x <close> = setmetatable({}, { __close = function() end }) return coroutine.yield(a) end)
        assert(co(1) == 1 and co(2) == 2)
        local open = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() end }) coroutine.yield() end)
        assert(coroutine.resume(open) and coroutine.close(open))
        local dead = coroutine.create(function() error("dead") end)
        assert(not coroutine.resume(dead) and not coroutine.close(dead))
        assert(("key=value"):match("(%w+)=(%w+)") == "key" and ("aaa"):gsub("a", "%0%0") == "aaaaaa" and ("abc"):find("c", 1, true) == 3)
        for word in ("a b c"):gmatch("%a") do assert(#word == 1) end
        assert(("%5.1f %q %s %d"):format(1.25, "a\\n", {}, 3):sub(1, 5) == "  1.2")
        assert(string.unpack("s4", string.pack("s4", "text")) == "text" and utf8.char(8364, 128512) == "€😀" and utf8.len("€") == 1)
        assert(os.date("!%Y", 0) == "1970" and os.time { year = 2000, month = 1, day = 1 } > 0)
        local value = { name = "é\\n\\"", list = { 1, 2.5, true, json.null }, empty = json.array({}), deep = { { { a = {} } } } }
        for i = 1, 40 do value["member" .. i] = ("\\t"):rep(i * 10) end
        local back = echo(value)[1]
        assert(back.name == "é\\n\\"" and #back.list == 4 and back.list[2] == 2.5 and #back.member40 == 400)
        assert(json.decode(json.encode(back, { pretty = true })).deep[1][1].a)
        assert(not pcall(json.decode, '{"a":[1,}') and not pcall(json.encode, { { a = 0 / 0 } }))
        local ok, e = pcall(refuse)
        assert(not ok and e.code == "nope" and tostring(e):find("it may not be", 1, true))
        ok, e = pcall(error, { message = "m" })
        assert(not ok and e.message == "m")
        assert(load("return ...", "=x")(5) == 5 and not load("return ("))
        ok, e = xpcall(function() local a = nil return a.b.c end, function(m) return m .. "!" end)
        assert(e:find("local 'a'", 1, true))
        local long = later(("z"):rep(5000), { a = 1 })
        assert(#long[1] == 5000 and long[2].a == 1)
        assert(coroutine.wrap(function() return later("in")[1] end)() == "in")
        local both = together { function() return later("one")[1] end, function(n) return n end, function() error("no") end }
        assert(both[1] == "one" and both[2] == 2 and both[3] == false)
        emit("all", #s)
        local function deep(n) if n == 0 then error({ code = "end", message = ("m"):rep(2000) }) end return (deep(n - 1)) end
        deep(30)
        """

    /// What a run gave: nil if it came to the error at its end, else what is wrong with it.
    private func problem(failingAt n: UInt64) async -> (outcome: LuaError.Kind, problem: String?) {
        do {
            let sandbox = try await Sandbox {
                $0.memory = 8 << 20
                $0.cpuBetweenCalls = .seconds(20)
                $0.failAt = n
            }
            do throws(LuaError) {
                try await sandbox.run(Self.script)
                return (.runtime, "it came to its end")
            } catch {
                let emitted = sandbox.emitted.texts.withLock { $0 }
                switch error.kind {
                case .memory: return (.memory, nil)
                case .runtime where error.code == "end" && error.message.count == 2000 && emitted == ["[\"all\",3003]"]:
                    return (.runtime, nil)
                default: return (error.kind, "\(error)")
                }
            }
        } catch let error as LuaError {
            return (error.kind, error.kind == .memory ? nil : "opening: \(error)")
        } catch {
            return (.runtime, "\(error)")
        }
    }

    @Test func `wherever memory ends, the script ends with a limit and nothing else`() async throws {
        var n: UInt64 = 1
        while true {
            let (outcome, problem) = await problem(failingAt: n)
            #expect(problem == nil, "request \(n)")
            if outcome != .memory { break }  // there are fewer requests than that
            n += 1
            try #require(n < 100_000)
        }
        #expect(n > 1000)
    }
}

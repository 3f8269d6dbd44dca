import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct ParallelTests {
    @Test func `results come in the order of the list, whatever ends first`() async throws {
        let output = try await ScriptWorld().run(
            """
            local ended = {}
            local results = parallel({ 3, 2, 1 }, function(n, place)
              while #ended < n - 1 do time.sleep(0.001) end
              ended[#ended + 1] = n
              return n * 10 + place
            end, { limit = 3 })
            print(table.concat(results, " "), table.concat(ended, " "))
            """
        )
        #expect(output == "31 22 13\t1 2 3\n")
    }

    @Test func `no more calls are under way than the limit allows`() async throws {
        let output = try await ScriptWorld().run(
            """
            local now, most = 0, 0
            local list = {}
            for i = 1, 20 do list[i] = i end
            parallel(list, function()
              now = now + 1
              most = math.max(most, now)
              time.sleep(0.001)
              now = now - 1
            end, { limit = 3 })
            print(most, now)
            """
        )
        #expect(output == "3\t0\n")
    }

    @Test func `the first error cancels the rest and is raised as it was`() async throws {
        let output = try await ScriptWorld().run(
            """
            local closed, ended = 0, 0
            local done, err = pcall(parallel, { 1, 2, 3, 4, 5, 6 }, function(n)
              local guard <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
              if n == 2 then graph.get("/groups/00000000-0000-0000-0000-000000000000") end
              time.sleep(600)
              ended = ended + 1
            end, { limit = 4 })
            print(done, err.status, closed, ended)
            """
        )
        #expect(output == "false\t404\t4\t0\n")
    }

    @Test func `errors are collected by place on request`() async throws {
        let output = try await ScriptWorld().run(
            """
            local results, errors = parallel({ "a", "b", "c" }, function(s)
              if s == "b" then error("no " .. s, 0) end
              return s:upper()
            end, { errors = "collect" })
            print(results[1], results[2], results[3], errors[2])
            """
        )
        #expect(output == "A\tnil\tC\tno b\n")
    }

    @Test func `it nests, works inside coroutines and takes rows and iterators`() async throws {
        let output = try await ScriptWorld().run(
            """
            local function inner(n)
              local sums = parallel({ 1, 2, 3 }, function(m)
                time.sleep(0.001)
                return n * m
              end, { limit = 2 })
              return sums[1] + sums[2] + sums[3]
            end
            print(table.concat(parallel({ 1, 2, 3 }, inner, { limit = 3 }), " "))
            local names = coroutine.wrap(function()
              for _, name in ipairs(parallel(csv.read "groups.csv", function(row)
                return graph.groups[row.id]:get().displayName
              end)) do coroutine.yield(name) end
            end)
            print(names(), names())
            local ids = parallel(graph.groups:each { top = 1 }, function(group, place)
              return place .. ":" .. #group.id
            end, { limit = 2 })
            print(table.concat(ids, " "))
            """
        )
        #expect(output == "6 12 18\nR&D <Berlin>\tSales, \"South\"\n1:36 2:36\n")
    }

    @Test func `an error inside a nested call cancels what it had begun`() async throws {
        let output = try await ScriptWorld().run(
            """
            local done, err = pcall(function()
              parallel({ 1, 2 }, function(n)
                if n == 2 then
                  time.sleep(0.005)
                  error("outer", 0)
                end
                parallel({ 1, 2 }, function() time.sleep(600) end)
              end)
            end)
            print(done, err)
            print(parallel({ 1 }, function() return "still works" end)[1])
            """
        )
        #expect(output == "false\touter\nstill works\n")
    }

    @Test func `an iterator that raises ends it, and what was begun has come back`() async throws {
        let output = try await ScriptWorld().run(
            """
            local n = 0
            local done, err = pcall(parallel, function()
              n = n + 1
              if n == 3 then error("no more", 0) end
              return n
            end, function() time.sleep(600) end, { limit = 4 })
            print(done, err)
            """
        )
        #expect(output == "false\tno more\n")
    }

    @Test func `a coroutine that waits for the host is nobody else's to resume or close`() async throws {
        let output = try await ScriptWorld().run(
            """
            local isTried = false
            local shared = coroutine.create(function()
              while not isTried do time.sleep(0.001) end
              return "slept"
            end)
            local results = parallel({ 1, 2 }, function(n)
              if n == 1 then return select(2, coroutine.resume(shared)) end
              time.sleep(0.001)
              local status = coroutine.status(shared)
              local resumed, why = coroutine.resume(shared)
              local closed = pcall(coroutine.close, shared)
              isTried = true
              return status .. ", " .. why .. ", " .. tostring(closed)
            end)
            print(results[1], results[2])
            """
        )
        #expect(output == "slept\tnormal, cannot resume non-suspended coroutine, false\n")
    }

    @Test(
        "wrong options are refused with what would be right",
        arguments: [
            ("{ limit = 0 }", "field 'limit' must be 1 to 16, not 0"),
            ("{ limit = 17 }", "--limit-requests allows more"),
            ("{ errors = 'ignore' }", "field 'errors' must be 'raise' or 'collect', not 'ignore'"),
            ("{ limits = 3 }", "has no field 'limits' (did you mean 'limit'?)"),
        ]
    )
    func options(options: String, expected: String) async throws {
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run("parallel({ 1 }, print, \(options))")
        }
        #expect(error?.message.contains(expected) == true && error?.line == 1)
    }

    @Test func `more requests at once than allowed end the script`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run(
                """
                local list = { 1, 2, 3, 4, 5, 6, 7, 8 }
                parallel(list, function()
                  pcall(parallel, list, function() time.sleep(600) end, { limit = 8 })
                end, { limit = 8 })
                """
            )
        }
        #expect(error?.kind == .requests)
    }

    @Test func `it cannot be used where nothing can wait`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run("table.sort({ 1, 2 }, function() parallel({ 1 }, print) end)")
        }
        #expect(error?.code == "cannotWait")
    }
}

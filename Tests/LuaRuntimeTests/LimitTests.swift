import Synchronization
import Testing

@testable import LuaRuntime

@Suite struct LimitTests {
    @Test(
        "a script that computes too long is ended, however it hides",
        arguments: [
            "while true do end",
            "while true do pcall(function() while true do end end) end",
            "while true do coroutine.wrap(function() while true do end end)() end",
            "xpcall(function() while true do end end, function() while true do end end)",
            "local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end) coroutine.resume(co) coroutine.close(co)",
            "table.sort({ 1, 2, 3 }, function() while true do end end)",
            "local t = setmetatable({}, { __index = function(t, k) while true do end end }) return t.x",
            "pcall(string.gsub, 'x', 'x', function() while true do end end)",
            "local function f() return f() end f()",
            "local function f() local x <close> = setmetatable({}, { __close = function() while true do end end }) error('x') end pcall(f)",
            "for i = 1, math.huge do end",
            "::again:: goto again",
        ]
    )
    func endlessLoops(source: String) async throws {
        let sandbox = try await Sandbox()
        let error = await #expect(throws: LuaError.self) { try await sandbox.run(source) }
        #expect(error?.kind == .cpu)
    }

    @Test(
        "a script that takes too much memory is ended, however it hides",
        arguments: [
            "local t = {} while true do t[#t + 1] = { 1, 2, 3 } end",
            "local s = 'x' while true do s = s .. s end",
            "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end",
            "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
            "xpcall(function() local t = {} while true do t[#t + 1] = {} end end, function(e) return e end)",
            "local t = {} for i = 1, 1e9 do t[i] = i end",
            "local x <close> = setmetatable({}, { __close = function() end }) local t = {} while true do t[#t + 1] = {} end",
        ]
    )
    func memoryHogs(source: String) async throws {
        let sandbox = try await Sandbox {
            $0.memory = 8 << 20
            $0.cpuBetweenCalls = .seconds(20)
        }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run(source) }
        #expect(error?.kind == .memory)
        #expect(await sandbox.vm.memory.peak <= 8 << 20)
    }

    @Test func `a host call begins a new stretch of processor time`() async throws {
        let sandbox = try await Sandbox()
        let emitted = try await sandbox.run(
            "for i = 1, 20 do for j = 1, 2e5 do end echo(i) end emit 'done'"
        )
        #expect(emitted == [#"["done"]"#])
    }

    @Test func `live data and much garbage stay below the limit`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(60) }
        try await sandbox.run(
            """
            local live = {}
            for i = 1, 200000 do live[i] = { i } end
            for i = 1, 3000 do
              local garbage = string.rep("x", 100000) .. i
            end
            for i = 1, 1000000 do local t = { i, i } end
            """
        )
    }

    @Test func `a waiting script is ended at its deadline`() async throws {
        let sandbox = try await Sandbox { $0.wall = .milliseconds(50) }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run("pcall(forever) emit 'on'") }
        #expect(error?.kind == .wall)
        #expect(sandbox.emitted.texts.withLock { $0 } == [])
    }

    @Test func `a computing script is ended at its deadline`() async throws {
        let sandbox = try await Sandbox {
            $0.wall = .milliseconds(50)
            $0.cpuBetweenCalls = .seconds(60)
        }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run("while true do pcall(error) end") }
        #expect(error?.kind == .wall)
    }

    @Test func `cancelling the task stops a script that waits and one that computes`() async throws {
        for source in ["emit 'up' pcall(forever) emit 'on'", "emit 'up' while true do end"] {
            let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(60) }
            let task = Task { () async -> LuaError? in
                do throws(LuaError) {
                    try await sandbox.run(source)
                    return nil
                } catch {
                    return error
                }
            }
            while sandbox.emitted.texts.withLock({ $0.isEmpty }) { await Task.yield() }
            task.cancel()
            #expect(await task.value?.kind == .stopped)
            #expect(sandbox.emitted.texts.withLock { $0 } == [#"["up"]"#])
        }
    }

    @Test func `nothing runs in a state that has been ended`() async throws {
        let sandbox = try await Sandbox()
        await #expect(throws: LuaError.self) { try await sandbox.run("while true do end") }
        let error = await #expect(throws: LuaError.self) { try await sandbox.run("emit 'again'") }
        #expect(error?.kind == .cpu)
    }

    @Test func `many states may end in one process`() async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<24 {
                group.addTask {
                    let sandbox = try await Sandbox {
                        $0.memory = 4 << 20
                        $0.cpuBetweenCalls = .milliseconds(100)
                    }
                    let hog =
                        number.isMultiple(of: 2) ? "while true do end" : "local t = {} while true do t[#t + 1] = {} end"
                    await #expect(throws: LuaError.self) { try await sandbox.run(hog) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a script that is too long is not loaded`() async throws {
        let sandbox = try await Sandbox { $0.sourceSize = 100 }
        let error = await #expect(throws: LuaError.self) {
            try await sandbox.run(String(repeating: "-- long\n", count: 100))
        }
        #expect(error?.kind == .sourceSize)
    }
}

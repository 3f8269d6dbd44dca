import Testing

@testable import LuaRuntime

/// Tasks that wait for nothing but a time.
@Suite struct RestTests {
    private let start = ContinuousClock.now
    private let year = Duration.seconds(31_536_000)

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `whoever rests wakes when the time has come, the soonest first`() {
        var rests = Rests()
        #expect(rests.next == nil)
        for (task, seconds) in [(1, 5), (2, 3), (3, 9), (4, 3), (5, 1)] {
            rests.insert(Int32(task), until: after(seconds))
        }
        #expect(rests.next == after(1) && rests.count == 5)
        #expect(rests.wake(at: start) == [])
        #expect(rests.wake(at: after(3)) == [5, 2, 4])
        #expect(rests.next == after(5))
        #expect(rests.wakeAll() == [1, 3])
        #expect(rests.count == 0 && rests.next == nil)
    }

    @Test func `whoever is woken before its time wakes once`() {
        var rests = Rests()
        for task in 1...4 { rests.insert(Int32(task), until: after(1)) }
        #expect(rests.remove(1) && rests.remove(3))
        #expect(!rests.remove(3) && !rests.remove(9))
        #expect(rests.wake(at: after(1)) == [2, 4])
    }

    @Test func `any order of rests ends in that of their ends`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var rests = Rests()
        var expected: [(until: Int, task: Int32)] = []
        for task in Int32(0)..<500 {
            let seconds = Int.random(in: 0..<100, using: &random)
            rests.insert(task, until: after(seconds))
            expected.append((seconds, task))
        }
        expected.sort { ($0.until, $0.task) < ($1.until, $1.task) }
        var woken: [Int32] = []
        while let next = rests.next { woken += rests.wake(at: next) }
        #expect(woken == expected.map(\.task), "seed \(seed)")
    }

    @Test func `one long rest beside many short ones takes no more alarms than they need`() async {
        let calls = PendingCalls()
        calls.begin(.init(task: 0, work: .rest(year)))
        for task in Int32(1)...1000 {
            calls.begin(.init(task: task, work: .rest(.microseconds(10))))
            #expect(await calls.answers().map(\.task) == [task])
        }
        #expect(calls.alarmCount <= 2)
        #expect(calls.count == 1)
        calls.stop()
        #expect(await calls.answers().map(\.task) == [0])
    }

    @Test func `tasks rest side by side, and the shorter rest ends first`() async throws {
        let emitted = try await Sandbox().run(
            """
            together {
              function() rest(0.5) emit("long") end,
              function() rest(0.2) emit("short") rest(0.5) emit("last") end,
              function() rest(0) emit("none") end,
            }
            """
        )
        #expect(emitted == [#"["none"]"#, #"["short"]"#, #"["long"]"#, #"["last"]"#])
    }

    @Test func `what rests and what is answered wait side by side`() async throws {
        let emitted = try await Sandbox().run(
            """
            local results = together {
              function() rest(0.001) return later(1)[1] end, function() local v = later(2)[1] rest(0.001) return v end,
            }
            emit(results[1], results[2], rest(0))
            """
        )
        #expect(emitted == ["[1,2,null]"])
    }

    @Test func `thousands of tasks rest and wake`() async throws {
        let emitted = try await Sandbox { $0.requests = 5000 }.run(
            """
            local functions = {}
            for i = 1, 5000 do functions[i] = function() rest((5000 - i) / 100000) return i end end
            local sum = 0
            for _, value in ipairs(together(functions)) do sum = sum + value end
            emit(sum)
            """
        )
        #expect(emitted == ["[12502500]"])
    }

    @Test(.timeLimit(.minutes(5))) func `a rest counts among the requests that may be under way`() async throws {
        let sandbox = try await Sandbox { $0.requests = 10 }
        let error = await #expect(throws: LuaError.self) {
            try await sandbox.run(
                "local f = {} for i = 1, 11 do f[i] = function() rest(31536000) end end together(f)"
            )
        }
        #expect(error?.kind == .requests)
    }

    @Test func `what is refused instead of a rest is an error at the script's line`() async throws {
        let error = await #expect(throws: LuaError.self) { try await Sandbox().run("\nrest(-1)") }
        #expect(error?.code == "badArgument" && error?.line == 2)
    }

    @Test(.timeLimit(.minutes(5))) func `the rest of a task that is given up is cut short`() async throws {
        let emitted = try await Sandbox().run(
            #"abandon(function() rest(31536000) emit("never") end) rest(0.001) emit("done")"#
        )
        #expect(emitted == [#"["done"]"#])
    }

    @Test(.timeLimit(.minutes(5))) func `a script that rests is ended by the limit of its time`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await Sandbox { $0.wall = .milliseconds(20) }.run("rest(31536000)")
        }
        #expect(error?.kind == .wall)
    }
}

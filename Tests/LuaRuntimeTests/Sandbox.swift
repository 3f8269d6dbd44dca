import Synchronization

@testable import LuaRuntime

/// A state with a few host functions, whose script reports by `emit`.
struct Sandbox {
    let vm: ScriptVM
    let emitted: Emitted

    final class Emitted: Sendable {
        let texts = Mutex<[String]>([])
    }

    init(_ change: (inout ScriptLimits) -> Void = { _ in }) async throws {
        var limits = ScriptLimits()
        limits.cpuBetweenCalls = .milliseconds(100)
        change(&limits)
        let emitted = Emitted()
        self.emitted = emitted
        vm = try await ScriptVM(
            limits: limits,
            functions: [
                HostFunction(
                    name: "emit",
                    body: .immediate { json throws(HostError) in
                        emitted.texts.withLock { $0.append(String(decoding: json, as: UTF8.self)) }
                        return []
                    }
                ),
                HostFunction(name: "nothing", body: .immediate { _ throws(HostError) in Array("null".utf8) }),
                HostFunction(name: "same", body: .scalars { values throws(HostError) in values.first ?? .nothing }),
                HostFunction(name: "count", body: .scalars { values throws(HostError) in .integer(values.count) }),
                HostFunction(name: "kinds", body: .scalars { values throws(HostError) in .text("\(values)") }),
                HostFunction(name: "seven", body: .bare { () throws(HostError) in .integer(7) }),
                HostFunction(
                    name: "refuse7",
                    body: .bare { () throws(HostError) in throw HostError(code: "nope", message: "not seven") }
                ),
                HostFunction(name: "echo", body: .immediate { json throws(HostError) in json }),
                HostFunction(
                    name: "later",
                    body: .waiting { json throws(HostError) in
                        await Task.yield()
                        return json
                    }
                ),
                HostFunction(
                    name: "forever",
                    body: .waiting { _ throws(HostError) in
                        do { try await Task.sleep(for: .seconds(600)) } catch {
                            throw HostError(code: "cancelled", message: "cancelled")
                        }
                        return []
                    }
                ),
                HostFunction(
                    name: "rest",
                    body: .resting { json throws(HostError) in
                        guard let seconds = Double(String(decoding: json.dropFirst().dropLast(), as: UTF8.self)),
                            seconds >= 0
                        else { throw HostError(code: "badArgument", message: "no such rest") }
                        return .seconds(seconds)
                    }
                ),
                HostFunction(
                    name: "refuse",
                    body: .immediate { _ throws(HostError) in
                        throw HostError(code: "nope", message: "it may not be", status: 403, requestID: "r1")
                    }
                ),
            ],
            prelude: [
                LuaChunk(
                    name: "=[herald]",
                    source: Array(
                        """
                        local host, globals, internal = ...
                        for name, f in pairs(host) do globals[name] = f end
                        globals.json = {
                            encode = internal.encode, decode = internal.decode, array = internal.array,
                            object = internal.object, null = internal.null,
                        }
                        local tasks = internal.tasks
                        globals.together = function(functions)
                          local group, results = tasks.open(), {}
                          for i, f in ipairs(functions) do tasks.start(group, i, f, i) end
                          for i, done, value in tasks.next, group do results[i] = done and value end
                          tasks.close(group)
                          return results
                        end
                        -- Calls a function, and gives it up when it waits.
                        globals.abandon = function(f)
                          local group = tasks.open()
                          tasks.start(group, 1, f, 1)
                          tasks.start(group, 2, function() host.later() end, 2)
                          tasks.next(group)
                          tasks.cancel(group)
                          while tasks.next(group) do end
                          tasks.close(group)
                        end
                        globals.wrapped = function() host.refuse() end
                        """.utf8
                    )
                )
            ]
        )
    }

    /// Runs a script and gives what it emitted, each call as the JSON array of its arguments.
    @discardableResult func run(_ source: String, name: String = "test.lua") async throws(LuaError) -> [String] {
        try await vm.run(LuaChunk(name: name, source: Array(source.utf8)))
        return emitted.texts.withLock { $0 }
    }
}
